#!/bin/sh
# Sees to it that the tests find PostgreSQL: installs Debian's when root, else says how. Never fails the tests.
set -eu
for folder in /usr/lib/postgresql/*/bin /usr/local/bin /usr/bin; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Debian's postgresql for the tests"
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
    then exit 0; fi
    echo "PostgreSQL could not be installed; the tests on it are skipped." >&2
else
    echo "No PostgreSQL here; the tests on it are skipped. To run them: sudo apt-get install postgresql" >&2
fi
