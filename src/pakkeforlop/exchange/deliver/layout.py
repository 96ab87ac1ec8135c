"""The file as the register makes it: columns, recipients and calendar, from data/delivery.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pakkeforlop.vocabulary.errors import UsageFault


@dataclass(frozen=True)
class Column:
    """A column of the file. kind: number, place, code, text or date; see delivery.toml."""

    name: str
    kind: str


@dataclass(frozen=True)
class Recipient:
    """Who gets a file: `name` stands in the file's name, `key` is the catalogue's, `level` is region or trust."""

    key: str
    name: str
    level: str


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str, option: str = "--month") -> Month:
        """From YYYY-MM; UsageFault when it is none."""
        try:
            day = date.fromisoformat(f"{text}-01")
        except ValueError:
            raise UsageFault("not_a_month", option=option, value=text) from None
        return cls(day.year, day.month)

    def back(self, months: int) -> Month:
        """The month so many months earlier."""
        at = self.year * 12 + self.number - 1 - months
        return Month(at // 12, at % 12 + 1)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date.fromordinal(self.back(-1).first.toordinal() - 1)

    @property
    def short(self) -> str:
        """As in the file names of the register: des25."""
        return f"{_data()['month_names'][self.number - 1]}{self.year % 100:02}"

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "data" / "delivery.toml").read_text(encoding="utf-8"))


@cache
def columns() -> tuple[Column, ...]:
    """The columns in order."""
    return tuple(Column(one["name"], one["kind"]) for one in _data()["column"])


def column_names() -> tuple[str, ...]:
    """Their names in order."""
    return tuple(column.name for column in columns())


def families() -> tuple[str, ...]:
    """The families of pathways that the file holds."""
    return tuple(_data()["families"])


def months_delivered(delivery: Month) -> tuple[Month, ...]:
    """The months of data that a month of delivery gives: the one before; none in February, two in March."""
    return tuple(delivery.back(back) for back in _data()["calendar"].get(str(delivery.number), [1]))


def regions(delivery: Month) -> tuple[Recipient, ...]:
    """The regions that receive a file in a month of delivery."""
    chosen = [
        one
        for one in _data()["region"]
        if one.get("receives", True) and one.get("from", date.min) <= delivery.last
    ]
    return tuple(Recipient(one["key"], one["short"], "region") for one in chosen)


def region(key: str) -> Recipient:
    """A region by its key in the catalogue; UsageFault when it is none."""
    for one in _data()["region"]:
        if one["key"] == key:
            return Recipient(key, one["short"], "region")
    raise UsageFault("no_such_region", value=key, known=[one["key"] for one in _data()["region"]])


def file_name(recipient: Recipient, month: Month) -> str:
    """The name of a file, without its ending."""
    name: str = _data()["file_name"].format(recipient=recipient.name, months=month.short)
    return name


def month_of(name: str) -> Month | None:
    """The month that a file's name tells of; None when it tells none."""
    stem = Path(name).stem.casefold()
    for number, short in enumerate(_data()["month_names"], 1):
        at = stem.rfind(f"_{short}")
        digits = stem[at + len(short) + 1 : at + len(short) + 3] if at >= 0 else ""
        if len(digits) == 2 and digits.isdecimal():
            return Month(2000 + int(digits), number)
    return None
