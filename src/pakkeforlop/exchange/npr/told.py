"""The sentences of this door, by key and language (texts/npr.toml)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "texts" / "npr.toml").read_text(encoding="utf-8"))


def told(key: str, language: str, **values: object) -> str:
    """The sentence `key` with its values."""
    return _texts()[key][language].format(**values)
