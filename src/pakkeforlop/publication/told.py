"""What was fitted and what came out equal, in sentences."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pakkeforlop.publication.compare import Comparison, PercentCheck, Unequal, by_year
from pakkeforlop.publication.likeness.fit import QUIET_REASONS, Fit
from pakkeforlop.publication.published import FigureRow
from pakkeforlop.vocabulary.calendar import day_of

ROWS_SHOWN = 12
OTHERS_SHOWN = 6
NARROW_SPACE = "\u2009"


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "told.toml").read_text(encoding="utf-8"))


def say(key: str, language: str, **values: object) -> str:
    """The text `key` (dots between its parts) with its values; whole numbers are grouped."""
    found = _texts()
    for part in key.split("."):
        found = found[part]
    shown = {name: grouped(value) if isinstance(value, int) else value for name, value in values.items()}
    return str(found[language]).format(**shown)


def grouped(number: int) -> str:
    """A whole number with a narrow space between thousands; years and other numbers below 10 000 as they are."""
    return f"{number:,}".replace(",", NARROW_SPACE) if abs(number) >= 10_000 else str(number)


def reason_told(reason: str, language: str) -> str:
    """A reason's sentence."""
    return say(f"reason.{reason}", language)


def fit_told(found: Fit, language: str) -> list[str]:
    """A line per indicator and year, then the rows set aside by reason, the contradicting ones one by one."""
    lines = [
        say(
            "fit_row", language, label=account.indicator, year=account.year, rows=account.rows, fitted=account.fitted,
            hidden=account.hidden, aside=len(account.aside), free=account.free,
        )
        for account in found.accounts
    ]  # fmt: skip
    aside = [one for account in found.accounts for one in account.aside]
    if not aside:
        return lines
    lines.append(say("aside_head", language))
    counts = Counter(str(one["reason"]) for one in aside)
    for reason in sorted(counts, key=lambda name: (name in QUIET_REASONS, name)):
        lines.append(say("aside_count", language, count=counts[reason], reason=reason_told(reason, language)))
        if reason in ("contradicts", "no_place", "unit"):
            lines += [_aside_told(one, language) for one in aside if one["reason"] == reason]
    return lines


def _aside_told(one: dict[str, Any], language: str) -> str:
    begin = day_of(one["period_from"])
    counts = f"{one['numerator']}/{one['denominator']}"
    what = " ".join(
        [
            one["indicator"],
            one["branch"],
            one["pathway_key"],
            one["unit_name"],
            one["period_type"],
            f"{begin:%Y-%m}",
            counts,
        ]
    )
    others: Sequence[str] = one["because_of"]
    if not others:
        return say("aside_row", language, row_id=one["row_id"], what=what)
    shown = list(others[:OTHERS_SHOWN])
    if len(others) > OTHERS_SHOWN:
        shown.append(say("and_more", language, count=len(others) - OTHERS_SHOWN))
    return say("aside_with", language, row_id=one["row_id"], what=what, others=", ".join(shown))


def comparison_told(found: Comparison, language: str) -> list[str]:
    """The answer first: how many rows are equal; then by year, the unequal ones, and what was not compared."""
    equal, compared = found.all_rows
    lines = [say("equal", language, equal=equal, compared=compared)]
    lines += [
        say("equal_year", language, year=str(year), equal=counts[0], compared=counts[1])
        for year, counts in by_year(found).items()
    ]
    lines.append(say("hidden", language, small=found.hidden_small, hidden=found.hidden))
    known = [one for one in found.unequal if one.reason]
    lines += _unequal_told("unequal", found.unexplained, language)
    lines += _unequal_told("unequal_known", known, language)
    counts = Counter(one.reason for one in found.aside)
    if counts:
        lines.append(say("not_compared", language))
        lines += [
            say("aside_count", language, count=count, reason=reason_told(reason, language))
            for reason, count in sorted(counts.items())
        ]
    return lines


def _unequal_told(key: str, rows: Sequence[Unequal], language: str) -> list[str]:
    if not rows:
        return []
    lines = [say(key, language, count=len(rows))]
    for one in rows[:ROWS_SHOWN] if key == "unequal" else rows:
        published = "/".join(map(str, one.row.counts or ()))
        here = "/".join(map(str, one.found)) if one.found else say("nothing", language)
        lines.append(
            say("unequal_row", language, row_id=one.row.row_id, what=row_told(one.row), published=published, found=here)
        )
    if key == "unequal" and len(rows) > ROWS_SHOWN:
        lines.append("  " + say("and_more", language, count=len(rows) - ROWS_SHOWN))
    return lines


def row_told(row: FigureRow) -> str:
    """A row in a few words."""
    begin = f"{day_of(row.period_from):%Y-%m}" if row.tertials else ""
    return " ".join(
        part for part in (row.indicator, row.branch, row.pathway, row.unit_name, row.period_type, begin) if part
    )


def percents_told(checks: Iterable[PercentCheck], rounding: str, target: float, language: str) -> list[str]:
    """Printed percents against their own counts."""
    checks = list(checks)
    lines = [
        say(
            "percents", language, agree=sum(check.agrees for check in checks), count=len(checks),
            how=say(f"how.{rounding}", language), reached=sum(check.reached for check in checks), target=f"{target:g}",
        )
    ]  # fmt: skip
    for check in checks:
        row = check.row
        lines.append(
            say(
                "percent_row", language, row_id=row.row_id, what=row_told(row),
                counts=f"{row.numerator}/{row.denominator}", exact=f"{float(check.exact):.3f}",
                printed=f"{float(check.printed):g}", shown=f"{float(check.shown):g}",
            )
        )  # fmt: skip
    return lines
