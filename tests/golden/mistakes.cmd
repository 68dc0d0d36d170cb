portolan xyzzy; echo "exit $?"; portolan port
