#!/usr/bin/env bash
# Installs what `npm pack` makes into an empty folder and asks it a question, as a user would.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

tarball="$(cd "$root" && npm pack --silent --pack-destination "$folder" | tail -n 1)"
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --foreground-scripts=false "./$tarball"

export HOME="$folder/home" && mkdir -p "$HOME"
ops="./node_modules/.bin/ops"
"$ops" version
printf '{"level":"error","n":1}\n{"level":"info","n":2}\n' > app.ndjson
test "$("$ops" query --from app.ndjson "SELECT level FROM app WHERE n = 1" -o ndjson)" = '{"level":"error"}'
"$ops" ingest logs app.ndjson
test "$("$ops" query 'SELECT count(*) AS n FROM logs' -o ndjson)" = '{"n":2}'
test "$("$ops" query 'SELECT 1 AS a' --jq .a)" = '1'
"$ops" doctor
printf 'the packed program works\n'
