# What a box does with a packet, and the boxes of a path with a site's flows.
site=tests/golden/policy/three-zones
explain() { portolan policy explain "$@" || echo "exit $?"; }
explain --bundle $site/fw1.bundle "tcp 198.51.100.9 198.51.100.7:443"
explain --bundle $site/fw1.bundle "tcp 10.9.0.66 10.1.0.20:5432"
explain --bundle $site/fw1.bundle "tcp 10.9.0.66 10.1.0.20:5433" --format jsonl
explain --bundle $site/fw1.bundle "udp 10.1.0.20 192.0.2.1:123"
explain --bundle $site/fw1.bundle "tcp 10.9.0.66"
explain --bundle $site/fw1.bundle --in eth7 "icmp 10.9.0.66 10.1.0.20"
explain $site/site.yaml --catalog $site/catalog --bundle $site/fw1.bundle
explain $site/site.yaml page --catalog $site/catalog --bundle web1=$site/fw1.bundle
