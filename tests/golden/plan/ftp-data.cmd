export COLUMNS=100
set -e
portolan plan examples/ftp/site.yaml --catalog catalog --format csv | tr -d '\r'
portolan plan examples/ftp/site.yaml --catalog catalog --format jsonl | sed 's/"version":"[^"]*"/"version":"V"/'
