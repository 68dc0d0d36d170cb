# What ends: held, announced in its last 30 days, open on its last day, then closed; what forbids does not end.
catalog=tests/golden/policy/three-zones/catalog
cp tests/golden/policy/three-zones/site.yaml "$HOME/site.yaml"
cat >>"$HOME/site.yaml" <<'SITE'
    ticket: CHG-1
    expires: 2027-06-30
    grants:
      page: {owner: web team, ticket: CHG-2, expires: 2027-01-31}
SITE
for day in 2027-01-01 2027-01-31 2027-02-01; do
	echo "== on $day"
	portolan policy derive "$HOME/site.yaml" --device fw1 --catalog $catalog --on $day --sidecar "$HOME/fw1.json" |
		grep -e expire -e CHG -e page -e never
	tr '{' '\n' <"$HOME/fw1.json" | grep -e page -e 'shop/never' -e '^"flows.*web team'
done
echo "== what cannot be"
portolan policy derive "$HOME/site.yaml" --device fw1 --catalog $catalog --on 2027-02-29
sed 's/page: {owner/never: {owner/' "$HOME/site.yaml" >"$HOME/forbid.yaml"
portolan policy derive "$HOME/forbid.yaml" --device fw1 --catalog $catalog 2>&1 | sed "s|$HOME/||"
