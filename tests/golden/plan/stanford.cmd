export COLUMNS=100
set -e
portolan plan examples/stanford/site.yaml --catalog catalog --explain
