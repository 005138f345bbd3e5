#!/usr/bin/env bash
# Counts the instructions per request under callgrind: the figure that a noisy machine cannot touch. Start-up cancels
# out, as it is the difference of two run lengths. Exits 1 where the engine needs more than the limit below.
#
#   benches/instructions.sh [engine|limit]
set -euo pipefail
cd "$(dirname "$0")/.."

side=${1:-engine}
most=1900
short=20000
long=60000

build=$(cargo bench --bench plain_month --no-run 2>&1) || { echo "$build" >&2; exit 1; }
program=$(sed -n 's/.*Executable .*(\(.*\))$/\1/p' <<<"$build" | tail -n 1)
[ -x "$program" ] || { echo "cargo named no program" >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Instructions of one run: instructions RATE REQUESTS.
instructions() {
    if ! valgrind --tool=callgrind --callgrind-out-file="$scratch/out" "$program" --count "$side" "$1" "$2" \
        >"$scratch/stdout" 2>"$scratch/stderr"; then
        cat "$scratch/stderr" >&2
        return 1
    fi
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$scratch/stderr"
}

failed=0
for rate in 0.04 20 200; do
    few=$(instructions "$rate" "$short")
    many=$(instructions "$rate" "$long")
    each=$(((many - few) / (long - short)))
    echo "$side at $rate requests/s: $each instructions a request"
    if [ "$side" = engine ] && [ "$each" -gt "$most" ]; then
        echo "  more than $most" >&2
        failed=1
    fi
done
exit "$failed"
