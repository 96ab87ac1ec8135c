"""What `pakkeforlop release build` says when it is done, in the reader's language (`released.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "released.toml").read_text(encoding="utf-8"))


def told_import(record: Mapping[str, Any], folder: Path, language: str) -> list[str]:
    """What was imported: where, how many figures, whose, and what it is not."""
    texts = _texts()
    status = record["status"]
    return [
        texts["done"][language].format(
            folder=folder, figures=record["figures"], first=record["periods"][0], last=record["periods"][-1]
        ),
        texts["hidden"][language].format(hidden=status.get("suppressed", 0), partly=status.get("partly_suppressed", 0)),
        texts["own_counts"][language].format(count=record["own_counts"]),
        record["note"][language],
    ]


def told_stands(name: str, language: str) -> list[str]:
    """That the proof holds."""
    return [_texts()["stands"][language].format(name=name)]


def told(record: Mapping[str, Any], folder: Path, language: str) -> list[str]:
    """The release in a few lines: where, how many figures, how many hidden and why, and what could not be released."""

    def line(key: str, **values: object) -> str:
        return _texts()[key][language].format(**values)

    hidden = record["status"].get("suppressed", 0)
    partly, gone = record["status"].get("partly_suppressed", 0), record["status"].get("not_released", 0)
    lines = [
        line("done", folder=folder, figures=record["figures"], first=record["periods"][0], last=record["periods"][-1]),
        *([line("synthetic")] if record.get("synthetic") else []),
        line("hidden", hidden=hidden, partly=partly),
        *([line("gone", count=gone)] if gone else []),
        *(f"  {_texts()['reason_' + reason][language]}: {count}" for reason, count in record["reasons"].items()),
    ]
    lines += [line("withheld", block=block) for block in record["withheld"]]
    if record["public"]:
        lines.append(line("public", count=record["public"]))
    return lines
