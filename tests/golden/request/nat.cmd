export COLUMNS=100
set -e
portolan request tests/golden/plan/nat-site.yaml --catalog catalog --ticket CHG-7 --requester 'the application team' --expires 2027-06-30
