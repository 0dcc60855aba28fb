#!/usr/bin/env bash
# usage: postgres.sh PYTHON DEMO_DIRECTORY
# Runs the guide's recipes for PostgreSQL against a server of its own, on a socket, where one is installed.
set -euo pipefail
python=$1 demo=$2 here=$(cd "$(dirname "$0")" && pwd)
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "skip  PostgreSQL is not installed"; exit 0; }
work=$(mktemp -d)
as=() # a server refuses to run as root
if [ "$(id -u)" = 0 ]; then chown postgres "$work"; as=(runuser -u postgres --); fi
stop() { "${as[@]}" "$bin/pg_ctl" -D "$work/server" stop -m immediate > /dev/null || true; rm -rf "$work"; }
trap stop EXIT
export PGHOST=$work PGUSER=fcpipe CSV=$work/transactions.csv
"${as[@]}" "$bin/initdb" -D "$work/server" -U fcpipe --auth=trust > /dev/null
"${as[@]}" "$bin/pg_ctl" -D "$work/server" -o "-k '$work' -c listen_addresses=''" -l "$work/log" -w start > /dev/null
"$bin/createdb" bank
"$python" "$here/recipes.py" "$demo" postgres
before=$("$bin/psql" -d bank -Atc 'SELECT count(*), sum(amount_minor), count(posted_at), sum(length(description)) FROM transactions')
"$python" "$here/recipes.py" "$demo" csv
copy=$(sed -n 's/.*`\(\\copy [^`]*\)`.*/\1/p' "$here/../README.md")
[ -n "$copy" ] || { echo "FAIL  export/README.md has no \\copy on one line"; exit 1; }
"$bin/psql" -d bank -q -c 'TRUNCATE transactions' -c "${copy//transactions.csv/$CSV}"
after=$("$bin/psql" -d bank -Atc 'SELECT count(*), sum(amount_minor), count(posted_at), sum(length(description)) FROM transactions')
[ "$before" = "$after" ] || { echo "FAIL  \\copy: $after, want $before"; exit 1; }
echo "ok    $("$bin/postgres" --version), \\copy: $after"
