#!/bin/sh
# Sees to it that tests find a program: installs Debian's package when root, else says how. Never fails the tests.
# debian.sh PACKAGE TESTS PROGRAM...: the program by one of its names or paths.
set -eu
package=$1
tests=$2
shift 2
for program in "$@"; do
    if command -v "$program" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Debian's $package for $tests"
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
    then exit 0; fi
    echo "$package could not be installed; $tests are skipped." >&2
else
    echo "No $package here; $tests are skipped. To run them: sudo apt-get install $package" >&2
fi
