#!/usr/bin/env bash
# From nothing to an answered request on a made-up retailer: synthesize, prepare, train, evaluate, index, serve, query,
# stop. Everything it makes stands below ./demo and may be deleted at any time.
set -euo pipefail
cd "$(dirname "$0")/.."

shortlist=${SHORTLIST:-build/release/tools/shortlist}
config=configs/synthetic.yaml
out=demo
mkdir -p "$out"

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

say "A made-up retailer: shoppers, items and four months of events"
"$shortlist" synthesize "$config" --out "$out/data"

say "Events to bundle: prepare, train, evaluate, index"
"$shortlist" run "$config" --json "$out/run.json"

say "Serve the bundle"
: >"$out/serve.out"  # no address of an earlier run
"$shortlist" serve "$config" --address 127.0.0.1:0 --admin-address 127.0.0.1:0 >"$out/serve.out" 2>"$out/serve.log" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  grep -q '^serving' "$out/serve.out" && break
  kill -0 "$server" 2>/dev/null || { cat "$out/serve.log" >&2; exit 1; }
  sleep 0.1
done
cat "$out/serve.out"
address=$(sed -n 's/^serving .* on //p' "$out/serve.out")
[ -n "$address" ] || { echo "the server did not start; see $out/serve.log" >&2; exit 1; }

say "One shopper's history and shortlist"
"$shortlist" query --address "$address" --user user-42 -k 10

say "The same shopper, with what may be bought again"
"$shortlist" query --address "$address" --user user-42 -k 5 --allow-seen --show-history 0

say "A new visitor after two clicks"
"$shortlist" query --address "$address" --history item-3,item-7 -k 5

say "Items like item-3"
"$shortlist" query --address "$address" --similar-item item-3 -k 5

say "Stop"
kill -TERM "$server"
wait "$server"
trap - EXIT
echo "the server finished its calls and exited 0; everything made is in $out/"
