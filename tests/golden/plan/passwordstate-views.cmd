export COLUMNS=100
set -e
portolan plan examples/passwordstate/site.yaml --catalog catalog --by port
echo ======
portolan plan examples/passwordstate/site.yaml --catalog catalog --by device
echo ======
portolan plan examples/passwordstate/site.yaml --catalog catalog --by host
echo ======
