"""Every text of the pages: `t("worklist.title")`. One folder `texts` per family of pages, one file per language.

A missing text or value is an error where it is asked for, never an empty page. Numbers and dates are written as in the
report; see vocabulary/formats.py.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from markupsafe import Markup, escape

from pakkeforlop.review.texts.load import load_texts
from pakkeforlop.vocabulary.texts import Texts
from pakkeforlop.web import clock

WEB = Path(__file__).parent
LANGUAGES = ("nb", "nn", "en")
THESE_DAYS = 300
"""Days from today within which a day and its month tell the year too."""


class Words(Texts):
    """The texts of one language, by family and name; numbers and dates as in the report."""

    last_of_a_list = "layout.and"

    def __init__(self, language: str, entries: dict[str, Any]) -> None:
        super().__init__(language, entries, load_texts(language).format)
        self._weekdays: list[str] = entries["layout"]["weekdays"]
        self._months: list[str] = entries["layout"]["months"]

    def html(self, name: str, /, **values: object) -> Markup:
        """A text with tags in it; the values are escaped."""
        return Markup(self(name, **{key: escape(value) for key, value in values.items()}))  # noqa: S704 the text is ours

    def number(self, number: int) -> str:
        """A whole number with a thin space between thousands."""
        return self.format.integer(number)

    def percent(self, numerator: int, denominator: int) -> str:
        """A share with one decimal, as `74,2 %`."""
        return self.format.percent(numerator, denominator)

    def day(self, day: date) -> str:
        """For lists: `fr 21. jan`."""
        return self.format.list_date(_local(day))

    def short_day(self, day: date) -> str:
        """Without its weekday: `18. jan`; a day that is not of these months has its year: `2. okt 2015`."""
        at = _local(day)
        said = self.day(at).split(" ", 1)[1]
        return said if abs((clock.today() - at).days) <= THESE_DAYS else f"{said} {at.year}"

    def long_day(self, day: date) -> str:
        """For sentences: `fredag 21. januar`."""
        at = _local(day)
        return self(
            "layout.long_day", weekday=self._weekdays[at.weekday()], day=at.day, month=self._months[at.month - 1]
        )

    def full_day(self, day: date) -> str:
        """With the year: `21. januar 2022`."""
        return self.format.long_date(_local(day))

    def num_day(self, day: date) -> str:
        """For fields and tables: `21.01.2022`."""
        return self.format.short_date(_local(day))

    def clock(self, moment: datetime) -> str:
        """The time of day in Norway: `12.30`."""
        at = timezone.localtime(moment) if timezone.is_aware(moment) else moment
        return self("layout.clock", hour=f"{at.hour:02d}", minute=f"{at.minute:02d}")

    def moment(self, moment: datetime) -> str:
        """Day and time: `21.01.2022 kl. 12.30`."""
        return self("layout.moment", day=self.num_day(moment), clock=self.clock(moment))


class Here:
    """The words of the language that the request has: what templates know as `t`."""

    def __call__(self, name: str, /, **values: object) -> str:
        """As `Words.__call__`."""
        return words()(name, **values)

    def __getattr__(self, name: str) -> Any:
        return getattr(words(), name)


t = Here()


def words(language: str | None = None) -> Words:
    """The words of a language; of the request's language when none is named."""
    chosen = language or translation.get_language() or LANGUAGES[0]
    return load_words(chosen if chosen in LANGUAGES else LANGUAGES[0])


@cache
def load_words(language: str) -> Words:
    """All families of one language, each under its folder's name."""
    families = {file.parent.parent.name: tomllib.loads(file.read_text("utf-8")) for file in text_files(language)}
    return Words(language, families)


def text_files(language: str) -> list[Path]:
    """The files of a language, one per family of pages."""
    return sorted(WEB.glob(f"*/texts/{language}.toml"))


def _local(day: date) -> date:
    """The day in Norway of a day or a moment."""
    if isinstance(day, datetime):
        return timezone.localtime(day).date() if timezone.is_aware(day) else day.date()
    return day
