"""Dates in the words of a remark: the referral has no field for a code's date, so people write it in several ways.

What is found is a suggestion for a person to confirm, never a date to count from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januar", "jan"), ("februar", "feb"), ("mars", "mar"), ("april", "apr"), ("mai",), ("juni", "jun"),
            ("juli", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("oktober", "okt"), ("november", "nov"),
            ("desember", "des"),
        ),
        1,
    )
    for name in names
}  # fmt: skip
WORD = "|".join(sorted(MONTHS, key=len, reverse=True))
FORMS = (
    re.compile(r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\s*[./-]\s*(?P<m>\d{1,2})\s*[./-]\s*(?P<y>\d{4}|\d{2})(?!\d)"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})\.?\s*(?P<w>{WORD})\b\.?,?\s*(?P<y>\d{{4}}|['’]?\d{{2}})?(?!\d)", re.I),
    re.compile(r"(?<!\d)(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d)"),
    re.compile(r"(?<![\d./-])(?P<d>\d{1,2})\s*[./]\s*(?P<m>\d{1,2})(?![\d/]|[.-]\d)"),
)
"""Whole dates first; a day and month alone last, whose year comes from the referral."""
CENTURY = 2000


def dates_in(text: str, *, made: date) -> list[date]:
    """The different dates of a remark in the order they stand. made: the day of the referral, for dates without a year.

    A date that does not exist is none; of a day and month alone the last before the referral is meant.
    """
    found: dict[int, date] = {}
    taken: list[tuple[int, int]] = []
    for form in FORMS:
        for match in form.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            day = _day(match, made)
            if day is not None:
                found[match.start()] = day
                taken.append(match.span())
    return list(dict.fromkeys(day for _, day in sorted(found.items())))


def _day(match: re.Match[str], made: date) -> date | None:
    parts = match.groupdict()
    month = MONTHS[parts["w"].casefold()] if parts.get("w") else int(parts["m"])
    for year in _years(parts.get("y"), made):
        try:
            day = date(year, month, int(parts["d"]))
        except ValueError:
            continue
        if parts.get("y") or day <= made:
            return day
    return None


def _years(text: str | None, made: date) -> Iterator[int]:
    if text:
        number = int(text.lstrip("'’"))
        yield number if number >= 100 else CENTURY + number
    else:
        yield from (made.year, made.year - 1)
