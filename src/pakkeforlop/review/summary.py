"""The end of a run in a few sentences: the answer first, then what it rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pakkeforlop.vocabulary.sentences import Sentences

TOLD = Sentences(Path(__file__).with_suffix(".toml"))


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u2009")


def summary(record: dict[str, Any], out: Path, language: str = "nb") -> str:
    """The sentences that `monitor` prints. record: the content of run.json."""

    def say(key: str, **values: object) -> str:
        return TOLD(key, language, **values)

    rows, result = record["rows"], record["result"]
    files = len(record["files"])
    share = result.get("share")
    told = [
        say(
            "share", year=share["year"], share=_number(share["within"]), of=_number(share["counted"]),
            percent=_decimal(share["percent"], language),
        )
        if share
        else say("no_share"),
        say(
            "read", rows=_number(rows["read"]), files=say("file") if files == 1 else say("files", count=files),
            used=_number(rows["used"]), refused=_number(rows["refused"]),
        ),
        say("episodes", episodes=_number(result["episodes"]), messages=_number(sum(result["messages"].values()))),
    ]  # fmt: skip
    if rows["kept_aside"]:
        told.append(say("aside", count=_number(sum(rows["kept_aside"].values()))))
    own = out / "report" / f"index.{language}.html"
    report = own if own.exists() else out / "report" / "index.html"
    told.append(say("out", out=out, report=report) if report.exists() else say("out_alone", out=out))
    return "\n".join(told)


def _decimal(percent: float, language: str) -> str:
    text = f"{percent:.1f}"
    return text if language == "en" else text.replace(".", ",")
