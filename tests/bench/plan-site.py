#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""plan-site.py N FOLDER: a site with N managed hosts, each with an account of every kind, five session
gateways and 15 launchers; all features of Passwordstate. More than 100 flows for each host."""
import os
import sys

n, folder = int(sys.argv[1]), sys.argv[2]
features = """active_directory app_server sql_browser selfdestruct_readers browser_extensions email
discover reset validate directory_accounts host_heartbeat client_launcher launch_telnet launch_vnc
launch_sql launch_teamviewer browser_launcher reset_portal lockout_events remote_sites
agent_heartbeat""".split()
kinds = """cisco_ios dell_idrac f5_big_ip fortigate hp_h3c hp_ilo hp_procurve ibm_imm juniper_junos
juniper_screenos linux mariadb mssql mysql oracle palo_alto postgresql sonicwall vmware_esxi
windows""".split()

os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, "hosts.csv"), "w", encoding="utf-8") as f:
    f.write("name,addresses,tags\n")
    for i in range(n):
        net = 2 if i % 2 else 1
        f.write(f"host{i},10.{net}.{i // 250 % 250}.{i % 250 + 1},{'managed far' if i % 2 else 'managed'}\n")
with open(os.path.join(folder, "site.yaml"), "w", encoding="utf-8") as f:
    f.write(f"""portolan: 1
site: bench
zones:
  inside: {{networks: [10.1.0.0/16]}}
  branch: {{networks: [10.2.0.0/16]}}
  servers: {{networks: [10.3.0.0/16]}}
  dmz: {{networks: [192.0.2.0/24]}}
  internet: {{networks: [any]}}
include: [hosts.csv]
hosts:
  web1: {{addresses: [10.3.0.1]}}
  web2: {{addresses: [10.3.0.2]}}
  sql1: {{addresses: [10.3.0.3]}}
  dc1: {{addresses: [10.3.0.4]}}
  mail1: {{addresses: [10.3.0.5]}}
  app1: {{addresses: [192.0.2.8]}}
  portal1: {{addresses: [192.0.2.9]}}
  agent1: {{addresses: [10.2.255.1]}}
""")
    for i in range(1, 6):
        f.write(f"  gw{i}: {{addresses: [10.3.1.{i}]}}\n")
    for i in range(1, 16):
        f.write(f"  pc{i}: {{addresses: [10.1.255.{i}]}}\n")
    f.write("""groups:
  managed: {tags: [managed]}
  far: {tags: [far]}
devices:
  fw1:
    interfaces:
      inside: {zone: inside, addresses: [10.1.0.1]}
      branch: {zone: branch, addresses: [10.2.0.1]}
      servers: {zone: servers, addresses: [10.3.0.254]}
      dmz: {zone: dmz, addresses: [192.0.2.1]}
      out: {zone: internet, addresses: [198.51.100.7]}
    filter: stateful
    source_nat: [{from: inside, out: out}]
uses:
  - product: passwordstate
    roles:
      browser: zone inside
      web: web1
      web_passive: web2
      launcher: [pc1, pc2, pc3, pc4, pc5, pc6, pc7, pc8, pc9, pc10, pc11, pc12, pc13, pc14, pc15]
      db: sql1
      dc: dc1
      mail: mail1
      appserver: app1
      mobile: zone internet
      reader: zone internet
      portal: portal1
      portal_user: zone internet
      agent: [{to: agent1, serves: [group far]}]
      gateway: [gw1, gw2, gw3, gw4, gw5]
      target: group managed
""")
    for kind in kinds:
        f.write(f"      {kind}: group managed\n")
    f.write(f"    features: [{', '.join(features)}]\n    choices: {{high_availability: passive}}\n")
