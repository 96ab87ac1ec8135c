#!/bin/sh
# Writes requirements/*.txt from pyproject.toml: one list for Python 3.11 to 3.13, with hashes and without addresses.
# tools/lock.sh --upgrade takes the newest versions; without it the versions in the lists stay where they can.
set -eu
cd "$(dirname "$0")/.."
lock() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --no-emit-index-url --no-emit-find-links "$@"
}
lock pyproject.toml --group build -o requirements/core.txt "$@"
lock pyproject.toml --group build --extra web --extra postgres --extra exchange -c requirements/core.txt -o requirements/web.txt "$@"
lock pyproject.toml --group build --group dev -c requirements/web.txt -o requirements/dev.txt "$@"
lock --group bench -c requirements/web.txt -c requirements/dev.txt -o requirements/bench.txt "$@"
lock --group tools -o requirements/tools.txt "$@"
if grep -n '://' requirements/*.txt; then
    echo "An address stands in a locked list; it would tie the install to one index. Nothing more was done." >&2
    exit 1
fi
