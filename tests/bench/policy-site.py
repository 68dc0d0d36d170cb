#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""policy-site.py N FOLDER: a site of N clients and N servers with a firewall between them, N * N flows of
one shape; and the same as definitions and a policy for Capirca, which knows no forwarding."""
import os
import sys

n, folder = int(sys.argv[1]), sys.argv[2]
clients = [(f"c{i}", f"10.1.{i // 250}.{i % 250 + 1}") for i in range(n)]
servers = [(f"s{i}", f"10.2.{i // 250}.{i % 250 + 1}") for i in range(n)]


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def rows(hosts, tag):
    return "".join(f"{name},{address},{tag}\n" for name, address in hosts)


write("hosts.csv", "name,addresses,tags\n" + rows(clients, "client") + rows(servers, "server"))
write("site.yaml", """portolan: 1
site: bench
zones: {clients: {networks: [10.1.0.0/16]}, servers: {networks: [10.2.0.0/16]}}
include: [hosts.csv]
groups: {clients: {tags: [client]}, servers: {tags: [server]}}
devices:
  fw1:
    interfaces:
      clients: {zone: clients, name: eth0, addresses: [10.1.255.1]}
      servers: {zone: servers, name: eth1, addresses: [10.2.255.1]}
    filter: stateful
uses: [{product: app, roles: {client: group clients, server: group servers}}]
""")
write("catalog/app.yaml", """portolan: 1
product: app
title: An application
documents: {d: {title: Its ports}}
roles:
  client: {title: client, many: true}
  server: {title: server, many: true}
requirements:
  call:
    from: client
    to: server
    needs: tcp/443
    why: each client calls each server
    doc: {in: d}
""")
write("def/HOSTS.net", "".join(f"{name.upper()} = {address}/32\n" for name, address in clients + servers))
write("def/PORTS.svc", "HTTPS = 443/tcp\n")
write("pol/fw1.pol", "header {\n  target:: nftables inet input\n}\n" + "".join(
    f"term {c}-{s} {{\n  source-address:: {c.upper()}\n  destination-address:: {s.upper()}\n"
    f"  destination-port:: HTTPS\n  protocol:: tcp\n  action:: accept\n}}\n" for c, _ in clients for s, _ in servers))
