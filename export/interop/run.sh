#!/usr/bin/env bash
# usage: run.sh FCPIPE DEMO_DIRECTORY
# Compares a demo directory with the simulator's ground truth and its lake with its file,
# read by tools nobody here wrote. They are installed from PyPI beside the demo.
set -euo pipefail
fcpipe=$1 demo=$2 here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
cp "$demo/simulator.state" "$work/state" # serving it would move its clock
"$fcpipe" simulate --state "$work/state" --listen 127.0.0.1:0 > "$work/address" &
simulator=$!
trap 'kill $simulator 2>/dev/null || true; rm -rf "$work"' EXIT
until [ -s "$work/address" ]; do sleep 0.1; done
python3 -c 'import sys, urllib.request; sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1] + "/_sim/truth").read())' \
  "$(cat "$work/address")" > "$work/truth.json"
for set in oldest current; do
  python3 -m venv "$work/$set"
  "$work/$set/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements-$set.txt"
  "$work/$set/bin/python" "$here/check.py" "$demo" "$work/truth.json"
done
