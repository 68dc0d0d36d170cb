export COLUMNS=100
set -e
portolan plan examples/passwordstate/site.yaml --catalog catalog --explain
