"""Makes the packaged file of England's waiting times from the published ones: `python tools/england.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from pakkeforlop.publication.england import PACKAGED, reduced, write

if __name__ == "__main__":
    PACKAGED.write_bytes(write(reduced(Path(sys.argv[1]))))
