#!/bin/sh
# Sees to it that the browser tests find Chromium: installs Debian's when root, else says how. Never fails the tests.
set -eu
for name in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Debian's chromium for the browser tests"
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
    then exit 0; fi
    echo "Chromium could not be installed; the browser tests are skipped." >&2
else
    echo "No Chromium here; the browser tests are skipped. To run them: sudo apt-get install chromium" >&2
fi
