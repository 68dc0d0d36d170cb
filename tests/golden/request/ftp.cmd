export COLUMNS=100
set -e
portolan request examples/ftp/site.yaml --catalog catalog --ticket CHG-7 --requester 'the application team' --expires 2027-06-30
