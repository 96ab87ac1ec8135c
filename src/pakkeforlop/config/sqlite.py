"""Which SQLite library the store stands on.

Libraries older than 3.51.3 (save the mended 3.44.6 and 3.50.7) have a race between two connections in WAL mode that can
damage the file. Where Python's own is older, the bundled one of pysqlite3 takes its place before Django asks for it;
where that is missing too, one writing process only is allowed. Source: the SQLite release notes on WAL reset.
"""

from __future__ import annotations

import sqlite3
import sys
from importlib import import_module

SAFE_FROM = (3, 51, 3)
MENDED = frozenset({(3, 44, 6), (3, 50, 7)})


def is_safe(version: tuple[int, ...]) -> bool:
    """Whether several processes may write through a library of this version."""
    return version >= SAFE_FROM or version in MENDED


def stand_on_safe_sqlite() -> bool:
    """Put a safe library in place of Python's own where that is older; False when there is none."""
    if is_safe(tuple(sqlite3.sqlite_version_info)):
        return True
    try:
        bundled = import_module("pysqlite3")
    except ImportError:
        return False
    if not is_safe(tuple(bundled.sqlite_version_info)):
        return False
    sys.modules["sqlite3"] = bundled
    sys.modules["sqlite3.dbapi2"] = import_module("pysqlite3.dbapi2")
    return True
