export COLUMNS=100
set -e
portolan plan examples/stanford/site.yaml --catalog catalog --format csv | tr -d '\r'
portolan plan examples/stanford/site.yaml --catalog catalog --format jsonl | sed 's/"version":"[^"]*"/"version":"V"/'
