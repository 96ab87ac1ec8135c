"""What `pakkeforlop release build` says when it is done, in the reader's language (`released.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pakkeforlop.vocabulary.sentences import Sentences

say = Sentences(Path(__file__).parent / "released.toml")


def told_import(record: Mapping[str, Any], folder: Path, language: str) -> list[str]:
    """What was imported: where, how many figures, whose, and what it is not."""
    status = record["status"]
    return [
        _done(record, folder, language),
        say("hidden", language, hidden=status.get("suppressed", 0), partly=status.get("partly_suppressed", 0)),
        say("own_counts", language, count=record["own_counts"]),
        record["note"][language],
    ]


def told_stands(name: str, language: str) -> list[str]:
    """That the proof holds."""
    return [say("stands", language, name=name)]


def _done(record: Mapping[str, Any], folder: Path, language: str) -> str:
    periods = record["periods"]
    return say("done", language, folder=folder, figures=record["figures"], first=periods[0], last=periods[-1])


def told(record: Mapping[str, Any], folder: Path, language: str) -> list[str]:
    """The release in a few lines: where, how many figures, how many hidden and why, and what could not be released."""
    hidden = record["status"].get("suppressed", 0)
    partly, gone = record["status"].get("partly_suppressed", 0), record["status"].get("not_released", 0)
    lines = [
        _done(record, folder, language),
        *([say("synthetic", language)] if record.get("synthetic") else []),
        say("hidden", language, hidden=hidden, partly=partly),
        *([say("gone", language, count=gone)] if gone else []),
        *(f"  {say(f'reason_{reason}', language)}: {count}" for reason, count in record["reasons"].items()),
    ]
    lines += [say("withheld", language, block=block) for block in record["withheld"]]
    if record["public"]:
        lines.append(say("public", language, count=record["public"]))
    return lines
