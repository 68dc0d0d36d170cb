export COLUMNS=100
set -e
portolan plan examples/domino/site.yaml --catalog catalog --explain
