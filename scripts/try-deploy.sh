#!/usr/bin/env bash
# Runs the steps of deploy/Dockerfile without docker: builds in an empty directory, installs what the image would hold
# as files nobody can write, starts its CMD as an unprivileged user, asks it as a client would, and stops it.
# OPS_TREE=DIR takes node_modules from a tree that is installed already, instead of `npm ci`.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
folder="$(mktemp -d)"
server=''
cleanup() {
  if [ -n "$server" ]; then kill -KILL "$server" 2>/dev/null || true; fi
  chmod -R u+w "$folder"
  rm -rf "$folder"
}
trap cleanup EXIT

say() { printf '%s\n' "$*"; }
fail() {
  say "failed: $*" >&2
  if [ -s "$folder/run/stderr" ]; then tail -n 20 "$folder/run/stderr" >&2; fi
  exit 1
}

node_bin="$(dirname "$(command -v node)")"
registry="$(npm config get registry 2>/dev/null || true)"
nodedir="$(npm config get nodedir 2>/dev/null || true)"
clean=(env -i "PATH=$node_bin:/usr/local/bin:/usr/bin:/bin" "HOME=$folder/home")
as_user=()
if [ "$(id -u)" -ne 0 ]; then
  say "not root: everything runs as $(id -un), the program directory is made read-only by its permissions alone"
elif command -v setpriv >/dev/null; then
  as_user=(setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs --bounding-set=-all)
else
  say 'root without setpriv: everything runs as root, which proves nothing about permissions'
fi

mkdir "$folder/build" "$folder/home" "$folder/data" "$folder/run"
mkdir -p "$folder/opt"
chmod 755 "$folder"
chmod 700 "$folder/data"
sed -n 's/^!//p' "$root/.dockerignore" | while read -r path; do cp -a "$root/$path" "$folder/build/"; done
if [ -n "${OPS_TREE:-}" ]; then cp -a --reflink=auto "$OPS_TREE/node_modules" "$folder/build/"; fi
if [ ${#as_user[@]} -gt 0 ]; then chown -R 10001:10001 "$folder/build" "$folder/home" "$folder/data" "$folder/run"; fi
"${as_user[@]}" "${clean[@]}" node -e 1 || fail "the unprivileged user cannot run $node_bin/node"

# The build stage: its RUN lines, as they stand.
dockerfile="$root/deploy/Dockerfile"
stage() { awk -v wanted="$1" -v word="$2" '/^FROM /{n++} n == wanted && $1 == word {sub(/^[A-Z]+ /, ""); print}' "$dockerfile"; }
npm_settings=(npm_config_update_notifier=false)
if [ -n "$registry" ]; then npm_settings+=("npm_config_registry=$registry"); fi
if [ -n "$nodedir" ] && [ "$nodedir" != undefined ]; then npm_settings+=("npm_config_nodedir=$nodedir"); fi
while read -r step; do
  if [ -n "${OPS_TREE:-}" ] && [[ "$step" == 'npm ci'* ]]; then
    say "RUN $step (left out: node_modules of OPS_TREE)"
    continue
  fi
  say "RUN $step"
  (cd "$folder/build" && "${as_user[@]}" "${clean[@]}" "${npm_settings[@]}" sh -euc "$step") >"$folder/run/step" 2>&1 \
    || { tail -n 30 "$folder/run/step" >&2; fail "$step"; }
done < <(stage 1 RUN)

# The final stage: what it copies, to a place where the server's user can write nothing.
program="$folder/opt/ops"
mkdir "$program"
while read -r _ line; do
  read -ra words <<<"$line"
  target="$program/${words[-1]#./}"
  for source in "${words[@]:0:${#words[@]}-1}"; do
    if [ -d "$folder${source}" ]; then cp -a "$folder${source}/." "$target"; else cp -a "$folder${source}" "$target"; fi
  done
done < <(stage 2 COPY)
rm -rf "$folder/build"
if [ ${#as_user[@]} -gt 0 ]; then chown -R 0:0 "$program"; fi
chmod -R a-w "$program"
say "program: $(du -sh "$program" | cut -f 1) in $(find "$program" -type f | wc -l) files"

# CMD, on a free port of this machine's own: 0.0.0.0 is for containers.
mapfile -t words < <(stage 2 CMD | node -e 'for (const word of JSON.parse(require("fs").readFileSync(0, "utf8"))) console.log(word)')
words=("${words[@]/0.0.0.0:8080/127.0.0.1:0}")
say "CMD ${words[*]}"
cd "$folder/run"
"${as_user[@]}" "${clean[@]}" NODE_ENV=production "OPS_DATA_DIR=$folder/data" \
  node "$program/bin/ops.js" "${words[@]}" --ready-file "$folder/run/ready.json" >"$folder/run/stdout" 2>"$folder/run/stderr" &
server=$!
for _ in $(seq 300); do
  if [ -s "$folder/run/ready.json" ]; then break; fi
  kill -0 "$server" 2>/dev/null || fail 'the server ended before it was ready'
  sleep 0.1
done
[ -s "$folder/run/ready.json" ] || fail 'the server was not ready within 30 s'
url="$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).url' "$folder/run/ready.json")"
token="$(grep -o 'opst_[A-Za-z0-9_-]*' "$folder/run/stderr" | head -n 1)"
[ -n "$token" ] || fail 'no first token on stderr'
say "listening on $url"

# expect STATUS PATTERN CURL-ARGUMENTS…
expect() {
  local status="$1" pattern="$2" answered
  shift 2
  answered="$(curl --silent --max-time 20 --output "$folder/answer" --write-out '%{http_code}' "$@")" || fail "curl $*"
  [ "$answered" = "$status" ] || fail "$* answered $answered, not $status: $(head -c 500 "$folder/answer")"
  grep -q -- "$pattern" "$folder/answer" || fail "$* answered $(head -c 500 "$folder/answer")"
}
bearer=(--header "Authorization: Bearer $token")
expect 200 '"status":"healthy"' "$url/health"
health="$(sed -n 's/^HEALTHCHECK.* CMD //p' "$dockerfile" | node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).at(-1)')"
node -e "${health/http:\/\/127.0.0.1:8080/$url}" || fail 'the HEALTHCHECK of the Dockerfile'
expect 200 '^ops_build_info' "$url/metrics"
expect 401 '"unauthorized"' --data 'SELECT 1' "$url/v1/query"
expect 200 '"rows_ingested":2' "${bearer[@]}" --header 'X-Table: app' --header 'Content-Type: application/x-ndjson' \
  --data-binary $'{"level":"error","n":1}\n{"level":"info","n":2}\n' "$url/v1/ingest"
expect 200 '^{"n":2}$' "${bearer[@]}" --header 'Content-Type: application/sql' --data 'SELECT count(*) AS n FROM app' "$url/v1/query"

kill -TERM "$server"
code=0
wait "$server" || code=$?
server=''
[ "$code" -eq 0 ] || fail "SIGTERM ended the server with exit $code"

# A command of the same program on what the server left behind.
rows="$("${as_user[@]}" "${clean[@]}" "OPS_DATA_DIR=$folder/data" node "$program/bin/ops.js" query 'SELECT count(*) AS n FROM app' -o ndjson)"
[ "$rows" = '{"n":2}' ] || fail "the rows after the stop: $rows"
written="$(find "$program" -newer "$folder/run/ready.json" | head -n 3)"
[ -z "$written" ] || fail "written into the program: $written"
say 'the deployed program works'
