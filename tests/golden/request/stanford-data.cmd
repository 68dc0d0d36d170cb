export COLUMNS=100
set -e
portolan request examples/stanford/site.yaml --catalog catalog --format csv | tr -d '\r'
portolan request examples/stanford/site.yaml --catalog catalog --format jsonl | sed 's/"version":"[^"]*"/"version":"V"/'
