runs=tests/golden/diff
# no difference; a form, a run, a site that there is none of; a run without verdicts; a file that is none
portolan diff $runs/before.jsonl - <$runs/before.jsonl; echo "exit $?"
portolan diff $runs/before.jsonl $runs/after.jsonl --format html
portolan diff yesterday
portolan diff
portolan diff --site office
portolan diff --site office 01ARZ3NDEKTSV4RRFFQ69G5FAV
portolan diff $runs/before.jsonl $runs/cut-off.jsonl
portolan diff $runs/text.cmd $runs/before.jsonl
portolan diff $runs/none.jsonl $runs/before.jsonl
