"""run.json: what a run was given, what it read, under which definitions, and how long it took. No personal data."""

from __future__ import annotations

import platform
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pakkeforlop.catalogue.model import Settings

FORMAT = 1
"""Raised when a key changes its meaning; new keys may come without."""
PACKAGES = ("pakkeforlop", "numpy", "numba", "pyarrow", "duckdb", "highspy")


@cache
def texts() -> dict[str, dict[str, str]]:
    """The sentences that mark a run's files."""
    return tomllib.loads((Path(__file__).parent / "texts" / "record.toml").read_text(encoding="utf-8"))


def run_record(
    command: str,
    *,
    arguments: Mapping[str, Any],
    settings: Settings,
    catalogue_sha256: str,
    sections: Mapping[str, Any],
    seconds: Mapping[str, float],
) -> dict[str, Any]:
    """The record of one run. `sections`: what each step tells (see `Intake.for_record`); `seconds`: by step."""
    return {
        "format": FORMAT,
        "command": command,
        "internal": texts()["internal"],
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "catalogue_sha256": catalogue_sha256,
        "arguments": {name: _plain(value) for name, value in arguments.items()},
        "settings": settings.model_dump(mode="json"),
        **sections,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
    }


def versions() -> dict[str, str]:
    """Of the product, what it counts with, and the machine's kind."""
    found = {"python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return str(value)
