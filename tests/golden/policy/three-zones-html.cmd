# Names that would leave their place; without the style, which is in page.css.
site=tests/golden/policy/three-zones
mkdir "$HOME/catalog"
sed 's|why: people read its pages|why: "</dl><script>alert(1)</script>"|' $site/catalog/shop.yaml >"$HOME/catalog/shop.yaml"
sed 's|owner: network team|owner: "a<b \& c\\">"|' $site/site.yaml >"$HOME/site.yaml"
portolan policy derive "$HOME/site.yaml" --device fw1 --catalog "$HOME/catalog" --format html | sed '/<style>/,/<\/style>/d'
