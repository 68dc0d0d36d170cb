portolan policy derive examples/ftp/site.yaml --device F --catalog catalog --format jsonl --sidecar "$HOME/F.json"
cat "$HOME/F.json"
