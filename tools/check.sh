#!/bin/sh
# The inner loop: tools/check.sh [arguments to pytest]. Style, types and borders beside the fast tests, and at the end
# how long all of it took, so that an inner loop that grows past a minute is seen.
set -u
cd "$(dirname "$0")/.."
started=$(date +%s)
found=$(mktemp)
trap 'rm -f "$found"' EXIT
make -k lint > "$found" 2>&1 &
linting=$!
.venv/bin/python -m pytest --inner-loop -m "not slow and not browser" -q --dist worksteal "$@"
tests=$?
wait "$linting"
lint=$?
cat "$found"
echo "make check took $(($(date +%s) - started)) seconds. It should take less than 60 on two idle cores."
test "$tests" = 0 && test "$lint" = 0
