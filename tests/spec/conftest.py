"""Stories of the rule book: a table of registrations, and what the engine and the plain reading must make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from factories.tables import AS_OF, people, registrations, table, whole_dates
from factories.units import number
from pakkeforlop.episodes.rows import link_rows
from property import cohorts
from reference import plain
from reference.compare import differences, plain_value
from reference.limits import read_limits
from reference.places import read_places

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
    "M-C": "of2_days",
    "M-C limit": "of2_limit",
    "C-E": "ce_days",
    "C-E limit": "ce_limit",
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
def link(catalogue: Any) -> Link:
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
        own = catalogue.settings.model_copy(update=settings or {})
        linked = link_rows(given, catalogue=catalogue, as_of=on, patients=persons, settings=own)
        disagreements = differences(reading, linked)
        assert not disagreements, "the engine and the plain reading differ:\n" + "\n".join(disagreements)
        expect_messages(rows, reading.messages)
        if gives is not None:
            expect_episodes(gives, reading.episodes)
        return Story(reading.episodes, reading.messages)

    return tell


@pytest.fixture(scope="session")
def engine(catalogue: Any) -> Link:
    """Link the registrations of a table with the engine alone, for families that the plain reading does not know.

    The tables are read as those of `link`; what they say is worked out by hand.
    """

    def tell(
        story: str, gives: str | None = None, *, patients: str | None = None, settings: dict[str, Any] | None = None
    ) -> Story:
        rows = table(story)
        linked = link_rows(
            registrations(rows),
            catalogue=catalogue,
            as_of=AS_OF,
            patients=people(patients) if patients is not None else None,
            settings=catalogue.settings.model_copy(update=settings or {}),
        )
        expect_messages(rows, linked.messages)
        if gives is not None:
            expect_episodes(gives, linked.episodes)
        return Story(linked.episodes, linked.messages)

    return tell


Count = Callable[..., None]
FIGURE_COLUMNS = {
    "pathway": "pathway_key",
    "period": "period_from",
    "hits": "numerator",
    "n": "denominator",
    "median": "median_days",
    "p90": "p90_days",
}
"""Column names of the rule book's figures that stand for those of indicators.csv."""


@pytest.fixture(scope="session")
def count(link: Link) -> Count:
    """Link the registrations of a table and count; check the figures of both the product and the slow way.

    `figures` is a table of cells: each must be there with these values. `lacks`: indicators that must have no cell.
    `only`: words; of the cells whose own words are among them or of no matter, none may be missing from the table.
    """

    def tell(
        story: str,
        *,
        figures: str,
        patients: str | None = None,
        new_cancers: str = "",
        lacks: str = "",
        only: str = "",
        as_of: date | str = AS_OF,
    ) -> None:
        link(story, as_of=as_of)
        on = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        cohort = cohorts.Cohort(
            registrations(table(story)), people(patients) if patients else {}, contacts(new_cancers), on
        )
        computed = cohorts.computed(cohort)
        made, counted = cohorts.cells(computed), cohorts.counted(cohort)
        apart = {
            cell: (made.get(cell), counted.get(cell)) for cell in {*made, *counted} if not alike(made, counted, cell)
        }
        assert not apart, "\n".join(f"{cell}: product {a}, counted {b}" for cell, (a, b) in apart.items())
        lines = computed.to_pylist()
        for row in table(figures):
            wanted = {FIGURE_COLUMNS.get(name, name): number(value) for name, value in row.items()}
            wanted = {"branch": "all", "kind": "", "sex": "", "age_group": "", **wanted}
            assert any(all(shown_figure(line[name]) == value for name, value in wanted.items()) for line in lines), (
                f"no such figure: {row}\nthere are: {[near(line) for line in lines if is_near(line, wanted)]}"
            )
        assert not {line["indicator"] for line in lines} & set(lacks.split())
        if only:
            chosen = [line for line in lines if is_only(line, set(only.split()))]
            assert len(chosen) == len(table(figures)), [near(line) for line in chosen]

    return tell


def contacts(new_cancers: str) -> list[dict[str, str]]:
    """New cancers of a table with the columns patient, icd10, date and unit."""
    return [
        {
            "patient_id": row["patient"],
            "icd10": row["icd10"],
            "first_contact_date": row["date"],
            "institution": number(row["unit"]),
        }
        for row in table(new_cancers)
    ]


def alike(made: dict[Any, Any], counted: dict[Any, Any], cell: Any) -> bool:
    """Do both have the cell with the same values?"""
    if cell not in made or cell not in counted:
        return False
    return all(
        a == b or (a is not None and b is not None and abs(a - b) < 1e-9)
        for a, b in zip(made[cell], counted[cell], strict=True)
    )


def shown_figure(value: Any) -> str:
    """A value of a figure as the rule book's tables write it."""
    if isinstance(value, float) and value == int(value) and abs(value) < 1000:
        return f"{value:.0f}"
    return "" if value in (None, "") else str(plain_value(value))


def is_near(line: dict[str, Any], wanted: dict[str, str]) -> bool:
    return all(line[name] == wanted[name] for name in ("indicator", "pathway_key", "unit_level", "period_type"))


def near(line: dict[str, Any]) -> str:
    return " ".join(shown_figure(value) for value in line.values())


def is_only(line: dict[str, Any], words: set[str]) -> bool:
    """Has the cell, in each of four columns, a word of the list (or does the list name none of that column)?"""
    levels, types = {"national", "RHF", "HF", "hospital"}, {"month", "tertial", "year"}
    asked_levels, asked_types = words & levels, words & types
    keys = words - levels - types - {line["indicator"], "all"}
    return (
        line["indicator"] in words
        and (not asked_levels or line["unit_level"] in asked_levels)
        and (not asked_types or line["period_type"] in asked_types)
        and (not keys or line["pathway_key"] in keys)
        and ("all" not in words or line["branch"] == "all")
    )


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


@pytest.fixture
def given_up(catalogue: Any, tmp_path: Path) -> Callable[[str], list[str]]:
    """The units whose published rows must be given up, of rows of one pathway (penis) and year (2021)."""

    def tell(rows: str) -> list[str]:
        from pakkeforlop.publication.likeness.contradictions import given_up
        from pakkeforlop.publication.likeness.frame import frame_of
        from pakkeforlop.publication.likeness.problem import build
        from pakkeforlop.publication.published import read_figures

        always = {
            "indicator": "OF4",
            "branch": "all",
            "pathway_key": "penis",
            "period_type": "year",
            "period_from": "2021-01-01",
            "period_to": "2021-12-31",
            "status": "ok",
        }
        lines = [{"row_id": str(n), **always, **row} for n, row in enumerate(table(rows))]
        file = tmp_path / "figures.csv"
        file.write_text("\n".join([",".join(lines[0]), *(",".join(line.values()) for line in lines)]), encoding="utf-8")
        return [one.row.org_nr for one in given_up(build(frame_of(catalogue), read_figures(file), "OF4", 2021))]

    return tell
