# The lab of the FTP gateway, without a gateway: what that is measured against. Where nothing is filtered every client
# gets along with every server; where the conversation alone may pass no file does; and where the kernel reads the
# conversation all of them do.
# shellcheck disable=SC2034 # read by the library
. "$SOURCE_DIR/tests/peers-lib.sh"
. "$SOURCE_DIR/tests/ftp-lab.sh"
lab

lab_matrix 4 6
lab_all 'nothing is filtered'

# They wait for what does not come.
lab_policy "$LAB_SITES/plain.yaml" "$LAB_SITES/control-only"
lab_limit=2 lab_at_once=64
lab_matrix 4 6
lab_none 'port 21 alone'

lab_limit=10 lab_at_once=4
if lab_helper "$F" 2>"$T/err" && lab_helper "$N" 2>"$T/err"; then
	lab_matrix 4
	lab_all 'port 21, and the kernel reads along'
	# It writes IPv6 addresses in full, and pyftpdlib compares their text.
	lab_servers='vsftpd proftpd pureftpd'
	lab_matrix 6
	lab_all 'port 21, and the kernel reads along'
else
	echo "no helper for FTP in this kernel: $(tail -n 1 "$T/err")"
fi
