#!/usr/bin/env bash
# Checks the TypeScript of sync/collect/README.md with the current packages, and the page of fcpipe collect with axe-core.
# Usage: run.sh DIRECTORY, where packages are installed; from npm.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
into=$1
mkdir -p "$into"
cp "$here"/package.json "$here"/tsconfig.json "$into"
rm -f "$into"/*.ts "$into"/*.tsx
awk -v into="$into" '
  /^```tsx? file=/ { split($2, name, "="); file = into "/" name[2]; next }
  /^```/ { file = "" }
  file { print > file }' "$here"/../README.md
for name in link.ts web.ts LinkButton.tsx; do test -s "$into/$name"; done
npm install --prefix "$into" --ignore-scripts --no-audit --no-fund --loglevel=error > /dev/null
(cd "$into" && node_modules/.bin/tsc --noEmit)
echo "the TypeScript of sync/collect/README.md compiles"
if command -v chromium chromium-browser google-chrome > /dev/null; then
  FCPIPE_AXE=$(cd "$into" && pwd)/node_modules/axe-core/axe.min.js \
    go test "$here"/.. "$here"/../../../cmd/fcpipe/page -run TestAxe -count 1 > /dev/null
  echo "axe-core finds nothing on the page of fcpipe collect and on reports"
else
  echo "no chromium is installed: the page of fcpipe collect was not checked"
fi
