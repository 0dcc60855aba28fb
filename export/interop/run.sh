#!/usr/bin/env bash
# usage: run.sh FCPIPE DEMO_DIRECTORY
# Compares a demo directory with the simulator's ground truth, its lake with its file, and runs the
# guide's recipes, by tools nobody here wrote. They are installed from PyPI beside the demo, or taken
# from VENVS, a folder of virtual environments called oldest, 2.0, current and postgres.
set -euo pipefail
fcpipe=$1 demo=$2 here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
cp "$demo/simulator.state" "$work/state" # serving it would move its clock
"$fcpipe" simulate --state "$work/state" --listen 127.0.0.1:0 > "$work/address" &
simulator=$!
trap 'kill $simulator 2>/dev/null || true; wait $simulator || true; rm -rf "$work"' EXIT # it saves its state when stopped
until [ -s "$work/address" ]; do sleep 0.1; done
python3 -c 'import sys, urllib.request; sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1] + "/_sim/truth").read())' \
  "$(cat "$work/address")" > "$work/truth.json"
venvs=${VENVS:-$work/venvs}
for set in oldest 2.0 current postgres; do
  if [ ! -x "$venvs/$set/bin/python" ]; then
    python3 -m venv "$venvs/$set"
    "$venvs/$set/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements-$set.txt"
  fi
done
failed=0
try() { "$@" || failed=1; } # the others are tried all the same
for set in oldest 2.0 current; do
  try "$venvs/$set/bin/python" "$here/check.py" "$demo" "$work/truth.json"
done
try "$venvs/current/bin/python" "$here/readers.py" "$demo"
for engine in python clickhouse iceberg; do
  try "$venvs/current/bin/python" "$here/recipes.py" "$demo" "$engine"
done
if command -v java > /dev/null; then
  try "$venvs/current/bin/python" "$here/recipes.py" "$demo" spark 2> "$work/spark.log" || cat "$work/spark.log"
else
  echo "skip  Spark: there is no Java"
fi
try "$here/postgres.sh" "$venvs/postgres/bin/python" "$demo"
[ "$failed" = 0 ] && echo "every reader agrees"
exit "$failed"
