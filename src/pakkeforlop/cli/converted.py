"""What a conversion came to, and the times between milestones, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pakkeforlop.vocabulary.sentences import Sentences

PLACES_SHOWN = 10
say = Sentences(Path(__file__).with_suffix(".toml"))


def told(record: dict[str, Any], language: str) -> Iterator[str]:
    """The lines after a conversion: how much, which milestones, what stands for the start, the shift, the faults."""
    yield say("read", language, **{key: record[key] for key in ("events", "cases", "patients", "histories")})
    for file in record["files"]:
        if file["same_as_before"]:
            yield say("same_file", language, name=file["name"])
    for milestone in record["milestones"]:
        name = "/".join(part for part in (milestone["history"], milestone["key"]) if part)
        yield f"  {name:<28} {milestone['cases']:>8}"
    for start in record["start"]:
        told_as = {"milestone": start["name"][language], "because": start["because"][language]}
        yield say("start", language, code=start["code"], **told_as)
    if record["shift"]:
        yield say("shift", language, years=record["shift"]["years"], because=record["shift"]["because"][language])
    for missing in record["without_dates"]:
        name = "/".join(part for part in (missing["history"], missing["key"]) if part)
        key = "fitted_without_date" if missing["fitted"] else "without_dates"
        yield say(key, language, milestone=name, count=missing["fitted"])
        for column, texts in missing["looked_at"].items():
            told_texts = ", ".join(f"«{text}»" for text in texts) or say("no_texts", language)
            yield say("looked_at", language, column=column, texts=told_texts)
    for column, left in record["texts_left"].items():
        told_texts = ", ".join(f"«{text}»" for text in left["texts"])
        told_texts += " …" if left["count"] > len(left["texts"]) else ""
        yield say("texts_left", language, column=column, count=left["count"], texts=told_texts)
    unknown = record["unknown_places"]
    if unknown:
        shown = ", ".join(f"«{place}» ({count})" for place, count in list(unknown.items())[:PLACES_SHOWN])
        yield say("unknown_places", language, places=shown + (" …" if len(unknown) > PLACES_SHOWN else ""))
    for name, count in record["references_outside"].items():
        yield say("outside", language, name=name, count=count)
    if record["registrations"]:
        yield say("registrations", language, count=record["registrations"])
    if record["refused"]:
        yield say("refused", language, count=record["refused"])
