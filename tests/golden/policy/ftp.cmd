set -e
# A relay that is asked, and a gateway that nobody asks and that translates.
portolan policy derive examples/ftp/site.yaml --device F --catalog catalog
portolan policy derive tests/golden/policy/ftp-transparent-nat/site.yaml --device N --catalog catalog
