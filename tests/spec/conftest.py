"""Stories of the rule book: a table of registrations, and what the engine and the plain reading must make of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from factories.tables import AS_OF, people, registrations, table, whole_dates
from factories.units import number
from reference import plain
from reference.compare import differences, plain_value
from reference.limits import read_limits
from reference.places import read_places

try:
    from pakkeforlop.catalogue.load import load_catalogue
    from pakkeforlop.episodes.rows import link_rows
except ImportError:
    link_rows = None

SHORT = {
    "start": "start_date",
    "attendance": "first_attendance_date",
    "decided": "decision_date",
    "treated": "treatment_date",
    "ended": "end_date",
    "OF1": "of1_days",
    "OF2": "of2_days",
    "OF3": "of3_days",
    "OF4": "of4_days",
    "share": "share_days",
    "limit": "share_limit",
    "within": "share_within",
    "why": "share_reason",
}
"""Column names of the rule book's tables that stand for longer ones of the episodes table."""

Link = Callable[..., "Story"]


@dataclass
class Story:
    """What the plain reading made of a table, after the engine was found to agree."""

    episodes: list[dict[str, Any]]
    messages: list[dict[str, Any]]


@cache
def places() -> Any:
    return read_places()


@cache
def limits() -> Any:
    return read_limits()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "rule(*names): the rules, messages, cases and decisions that a story shows")


@pytest.fixture(scope="session")
def link() -> Link:
    """Link the registrations of a table, with the engine and by the plain reading, and check both.

    `gives` is a table of the episodes: only its columns are compared, and an empty cell means that nothing stands
    there. The column `message` of the registrations holds the numbers that each row gets; without it, none may come.
    """

    def tell(
        story: str,
        gives: str | None = None,
        *,
        patients: str | None = None,
        as_of: date | str = AS_OF,
        settings: dict[str, Any] | None = None,
    ) -> Story:
        rows = table(story)
        given = registrations(rows)
        on = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        persons = people(patients) if patients is not None else None
        reading = plain.read(
            given,
            as_of=on,
            places=places(),
            limits=limits(),
            patients=persons,
            settings=replace(plain.Settings(), **(settings or {})),
        )
        if link_rows is not None and not os.environ.get("SPEC_REFERENCE_ONLY"):
            catalogue = load_catalogue()
            own = catalogue.settings.model_copy(update=settings or {})
            linked = link_rows(given, catalogue=catalogue, as_of=on, patients=persons, settings=own)
            disagreements = differences(reading, linked)
            assert not disagreements, "the engine and the plain reading differ:\n" + "\n".join(disagreements)
        expect_messages(rows, reading.messages)
        if gives is not None:
            expect_episodes(gives, reading.episodes)
        return Story(reading.episodes, reading.messages)

    return tell


def expect_messages(rows: list[dict[str, str]], messages: list[dict[str, Any]]) -> None:
    """Each row has exactly the numbers that its `message` cell names, and is used where `used` says so."""
    for position, row in enumerate(rows, start=1):
        own = [message for message in messages if message["row"] == position]
        expected = sorted(int(number) for number in row.get("message", "").split())
        found = sorted(message["message"] for message in own)
        told = f"row {position} ({row['date']} {row.get('unit', '')} {row['code']})"
        assert found == expected, f"{told}: messages {found}, expected {expected}"
        if row.get("used") and own:
            used = {message["counted"] for message in own}
            assert used == {row["used"] == "yes"}, f"{told}: used is {used}, expected {row['used']}"


def expect_episodes(gives: str, episodes: list[dict[str, Any]]) -> None:
    """The episodes are those of the table, in the columns that it has."""
    wanted = table(gives)
    whole_day_columns(wanted)
    found = [{name: shown(episode, name) for name in (wanted[0] if wanted else {})} for episode in episodes]
    ordered = [{name: number(value) for name, value in row.items()} for row in wanted]
    assert found == ordered, f"\nfound    {found}\nexpected {ordered}"
    assert len(found) == len(episodes), f"{len(episodes)} episodes, expected {len(wanted)}"


def whole_day_columns(rows: list[dict[str, str]]) -> None:
    """Short dates of an expected row take their year from the date to the left of them."""
    for row in rows:
        days = [name for name in row if SHORT.get(name, name).endswith("_date")]
        for name, day in zip(days, whole_dates(row[name] for name in days), strict=True):
            row[name] = day


def shown(episode: dict[str, Any], name: str) -> str:
    """A value of an episode as the rule book's tables write it."""
    value = plain_value(episode[SHORT.get(name, name)])
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
