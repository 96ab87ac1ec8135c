"""What the rules look things up in: points, kinds and ends of a family, and all that is sourced in a definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from pakkeforlop.catalogue.faults import Loc
from pakkeforlop.catalogue.model import Family
from pakkeforlop.catalogue.validate import Parts

MESSAGE_FIELDS = (
    "message", "unknown_code", "not_introduced", "missing_date", "lapsed_code", "orphan_before_start",
    "orphan_without_start", "before_first_day", "identical", "reopened_message", "negative_message",
    "long_span_message", "closed_by_rule_message", "duplicate_message", "stale_message", "no_answer_message",
    "unannounced_message", "after_end", "repeat_message", "warns", "min_age_message", "max_age_message",
)  # fmt: skip
"""Keys whose value is the number of a message; 0 is none."""

NEEDED_MESSAGES = frozenset(
    {"unknown_code", "not_introduced", "missing_date", "lapsed_code", "orphan_before_start", "orphan_without_start",
     "identical", "message"}
)  # fmt: skip
"""Those that set a code aside: without a number it would be used."""


def words(items: Any) -> str:
    """A list as it is read: `A, B, C`, or `none`."""
    return ", ".join(str(item) for item in items) or "none"


def points(family: Family) -> list[str]:
    """The measuring points that events of the family date, in the order of the file."""
    return list(dict.fromkeys(event.point for event in family.event))


def ends(family: Family) -> list[str]:
    """The names of the ends that events of the family give."""
    return list(dict.fromkeys(event.closes for event in family.event if event.closes))


def kinds(family: Family, point: str) -> list[str]:
    """The kinds that codes of a point come in, such as K M S of treatment."""
    return list(dict.fromkeys(event.kind for event in family.event if event.point == point and event.kind))


def families(parts: Parts) -> dict[str, Family]:
    """Families by key."""
    return {family.key: family for _, family in parts.of("families")}


def message_numbers(parts: Parts) -> set[int]:
    """Numbers of all messages."""
    return {message.number for _, file in parts.of("messages") for message in file.message}


def models_in(value: Any, loc: Loc = ()) -> Iterator[tuple[Loc, BaseModel]]:
    """Every model inside a definition, itself first, with its place in the file."""
    if isinstance(value, BaseModel):
        yield loc, value
        for key, item in value.__dict__.items():
            if isinstance(item, BaseModel | tuple | dict):
                yield from models_in(item, (*loc, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from models_in(item, (*loc, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from models_in(item, (*loc, key))


def message_numbers_of(family: Family) -> set[int]:
    """Every message number that a family gives."""
    held = [(model.__dict__.get(name)) for _, model in models_in(family) for name in MESSAGE_FIELDS]
    return {number for number in held if number}
