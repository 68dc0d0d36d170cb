export COLUMNS=100
set -e
portolan plan examples/ftp/site.yaml --catalog catalog --explain
