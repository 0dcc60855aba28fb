#!/usr/bin/env bash
# Gives the module another path, so that "go install" can fetch it from there: go.mod, imports, lint rules, README.
# "make module PATH=github.com/acme/fcpipe" calls it. It changes files in place and commits nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

path=${1:-}
element='[A-Za-z0-9_~-]+(\.[A-Za-z0-9_~-]+)*'
if ! [[ $path =~ ^[a-z0-9-]+(\.[a-z0-9-]+)+(/$element)+$ ]] || [[ $path =~ /v[01]$ ]]; then
  echo "module: \"$path\" is not a path that go install can fetch a module from." >&2
  echo "  Write host and path without a scheme: make module PATH=github.com/acme/fcpipe" >&2
  exit 64
fi
old=$(sed -n 's/^module //p' go.mod)
if [[ $path == "$old" ]]; then
  echo "module: it is $path already"
  exit 0
fi

was=${old//./\\.}
find . -name '*.go' -not -path './.*' -exec grep -lZ "\"$was/" {} + | xargs -0 sed -i "s|\"$was/|\"$path/|g"
sed -i "s|^module $was\$|module $path|" go.mod
sed -i -E -e "s#(^|[ (])$was/#\1$path/#g" -e "s#(module-path: |prefix\()$was([) ]|\$)#\1$path\2#" .golangci.yml
sed -i "/<!-- module -->/,/<!-- end of module -->/c\\
<!-- module -->\\
    go install $path/cmd/fcpipe@latest               # Go 1.26 and a C compiler\\
<!-- end of module -->" README.md
echo "module: $path, was $old; run make lint and make test, then commit"
