"""Small tables as text, the way the rule book prints them, and the registrations they stand for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from factories.units import number

AS_OF = date(2026, 12, 31)
"""The as-of day of stories that do not name one."""


def table(text: str) -> list[dict[str, str]]:
    """The rows of a table: a line of column names, then a line per row, with `|` between the cells."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    names = cells(lines[0])
    rows = []
    for line in lines[1:]:
        values = cells(line)
        if len(values) != len(names):
            raise ValueError(f"{len(values)} cells where there are {len(names)} columns: {line.strip()}")
        rows.append(dict(zip(names, values, strict=True)))
    return rows


def cells(line: str) -> list[str]:
    """The cells of one line."""
    return [cell.strip() for cell in line.split("|")]


def whole_dates(days: Iterable[str]) -> list[str]:
    """Dates where a short one (03-06) takes its year from the one before."""
    whole: list[str] = []
    year = ""
    for day in days:
        if len(day) == len("03-06"):
            day = f"{year}-{day}"
        elif day:
            year = day[:4]
        whole.append(day)
    return whole


def registrations(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The registrations of a table with the columns date, unit and code; patient, id and registered where needed."""
    taken = []
    for row, day in zip(rows, whole_dates(row["date"] for row in rows), strict=True):
        taken.append(
            {
                "patient_id": row.get("patient", "") or "p1",
                "code": row["code"],
                "event_date": day,
                "institution": number(row.get("unit", "") or "HF1"),
                "registration_id": row.get("id", ""),
                "registered_at": row.get("registered", ""),
            }
        )
    return taken


def people(text: str) -> dict[str, tuple[date | None, str]]:
    """Patients of a table with the columns patient and born: their birth date and sex."""
    return {
        row["patient"]: (date.fromisoformat(row["born"]) if row["born"] else None, row.get("sex", ""))
        for row in table(text)
    }
