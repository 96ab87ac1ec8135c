"""Days as logs write them. No zone is converted: the day is the day as written.

Without a form: the first ten characters of an ISO time, or day, month, year with dots, dashes or slashes. A log that
writes otherwise says how: `mm/dd/yyyy`, `dd.mm.yy`, `yyyymmdd`, `d. mmm yyyy`. d and dd stand for the day, m and mm for
the month, mmm for its name, yyyy and yy for the year (69 to 99 are of the last century, 00 to 68 of this one). A time
of day may follow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import pairwise

from pakkeforlop.vocabulary.calendar import day_number

USUAL = re.compile(
    r"\s*(?:(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"|(?P<day2>\d{1,2})[./-](?P<month2>\d{1,2})[./-](?P<year2>\d{4}))(?:[T ].*)?\s*$"
)
PART = re.compile(r"dd?|mmm|mm?|yyyy|yy|[^dmy]+|.")
FIXED = {"dd": r"\d\d", "mm": r"\d\d"}
"""Where figures stand side by side, each part has its width."""
WIDTHS = {
    "d": r"\d{1,2}", "dd": r"\d{1,2}", "m": r"\d{1,2}", "mm": r"\d{1,2}", "mmm": r"[^\W\d_]{3,}", "yy": r"\d\d",
    "yyyy": r"\d{4}",
}  # fmt: skip
MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "mai": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "okt": 10, "nov": 11,
    "des": 12, "may": 5, "maj": 5, "mei": 5, "mrt": 3, "oct": 10, "dec": 12,
}  # fmt: skip
"""By the first three letters: Norwegian, Danish, Swedish, English, Dutch, German but for its umlaut."""
LAST_CENTURY = 69


@cache
def pattern_of(form: str) -> re.Pattern[str] | None:
    """The pattern of a form; None when it does not name day, month and year once each."""
    parts = PART.findall(form.casefold())
    if sorted(part[0] for part in parts if part in WIDTHS) != ["d", "m", "y"]:
        return None
    if any(part in "dmy" for part in parts if part not in WIDTHS):
        return None
    side_by_side = any(a in WIDTHS and b in WIDTHS for a, b in pairwise(parts))
    widths = {**WIDTHS, **FIXED} if side_by_side else WIDTHS
    said = "".join(f"(?P<{part[0]}>{widths[part]})" if part in WIDTHS else _loose(part) for part in parts)
    time = r"(?:\d+|[T ,].*)?" if side_by_side else r"(?:[T ,].*)?"
    return re.compile(rf"\s*{said}{time}\s*$", re.IGNORECASE)


def _loose(text: str) -> str:
    """What stands between the parts, with any number of spaces where it has one."""
    return r"\s+".join(re.escape(part) for part in text.split(" "))


def day_of_text(text: str, forms: Sequence[str] = ()) -> int | None:
    """The day that a text tells of, in the first form that fits, or as usual where there are no forms; None when it is
    no day.
    """
    for form in forms:
        pattern = pattern_of(form)
        if pattern is not None and (written := pattern.match(text)):
            return _day(_year(written["y"]), _month(written["m"]), int(written["d"]))
    usual = None if forms else USUAL.match(text)
    if usual is None:
        return None
    year, month, day = (int(usual[name] or usual[name + "2"]) for name in ("year", "month", "day"))
    return _day(year, month, day)


def _day(year: int, month: int, day: int) -> int | None:
    try:
        return day_number(date(year, month, day))
    except ValueError:
        return None


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (1900 if year >= LAST_CENTURY else 2000)


def _month(text: str) -> int:
    """0, which is no month, for a name that nobody knows."""
    return int(text) if text.isdecimal() else MONTHS.get(text[:3].casefold(), 0)
