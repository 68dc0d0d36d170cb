# The sources keep their promises, and the check would notice if they did not.
. "$SOURCE_DIR/tests/lib.sh"
python3 "$SOURCE_DIR/tests/house/layers.py" --self-test || fail "the check itself"
python3 "$SOURCE_DIR/tests/house/layers.py" "$SOURCE_DIR" || fail "see above"
