"""Compiling with Numba, with the compiled code kept in a folder that only this user can write to.

Numba keeps compiled functions as pickles, and whoever can write a pickle can run code as whoever reads it. So the
folder is made for its owner alone, and checked before it is used; where it cannot be had safely, nothing is kept and
each process compiles for itself.

PAKKEFORLOP_CACHE names another folder than ~/.cache/pakkeforlop.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba


def cache_folder() -> Path:
    """Where compiled code is kept."""
    chosen = os.environ.get("PAKKEFORLOP_CACHE")
    if chosen:
        return Path(chosen) / "numba"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path("~/.cache").expanduser()) / "pakkeforlop" / "numba"


def is_own(folder: Path) -> bool:
    """Whether a folder is ours and nobody else can write to it (a link to one is not)."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022


@cache
def safe_cache() -> bool:
    """Make the folder if need be, and tell Numba of it; False when it cannot be had safely."""
    folder = cache_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_own(folder):
            return False
        probe = folder / f".{os.getpid()}"
        probe.touch()
        probe.unlink()
    except (OSError, RuntimeError):  # RuntimeError: no home folder
        return False
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    return True


def compiled(function: Callable[..., Any]) -> Any:
    """The function compiled, free of the interpreter's lock, and kept on disk where that is safe."""
    return numba.njit(nogil=True, cache=safe_cache())(function)
