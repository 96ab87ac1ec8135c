#!/bin/sh
# Makes .venv and installs one locked list of packages: tools/venv.sh core|dev|bench|tools ...
# Nothing is done a second time: a stamp keeps the checksum of what was installed.
set -eu
cd "$(dirname "$0")/.."

usable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
        if usable "$name"; then command -v "$name"; return; fi
    done
    echo "pakkeforlop needs Python 3.11 or newer, and none was found (tried python3.13, python3.12, python3.11, python3)." >&2
    echo "Install one (Debian 12 or newer: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3 ..." >&2
    return 1
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
        else
            echo "$python cannot make a virtual environment: its module ensurepip is missing." >&2
            echo "Debian keeps it in a package of its own: sudo apt-get install python3-venv. Then run make again." >&2
            return 1
        fi
    fi
    rm -rf .venv
    echo "Making .venv with $("$python" --version) ($python)"
    "$python" -m venv .venv
}

pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"; }

usable .venv/bin/python || make_venv
for list in "$@"; do
    stamp=".venv/.installed-$list"
    wanted=$(cksum < "requirements/$list.txt")
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        echo "Installing requirements/$list.txt (versions and hashes locked)"
        pip install --quiet --no-compile --no-deps --require-hashes -r "requirements/$list.txt"
        echo "$wanted" > "$stamp"
    fi
done

stamp=.venv/.installed-project
wanted="$(pwd) $(cksum < pyproject.toml)"
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] && [ -x .venv/bin/hatchling ]; then
    pip install --quiet --no-deps --no-build-isolation --editable .
    echo "$wanted" > "$stamp"
fi
