"""Synthetic registrations from published figures: figures are fitted, leaves drawn, the choices written down."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.generate.draw import FILES, Drawn, Wanted, draw
from pakkeforlop.exchange.generate.faults import fault_rates
from pakkeforlop.publication.likeness import fill, shipped
from pakkeforlop.publication.likeness.fit import Fit, fit, of_years
from pakkeforlop.publication.likeness.frame import Frame, frame_of
from pakkeforlop.publication.likeness.problem import tertial_days
from pakkeforlop.publication.published import Figures, packaged_figures, read_figures
from pakkeforlop.vocabulary.calendar import day_number, day_of
from pakkeforlop.vocabulary.errors import FileFault, UsageFault

RECORD = "generate.json"
SET_ASIDE = "set_aside.csv"
HORIZON = 245
"""Courses are drawn this many days beyond the as-of day, so that some are open then."""
Told = Callable[[str, str], None]


@dataclass(frozen=True)
class Request:
    """What is asked for. figures: the file, None for the ones that come with the product. as_of: a day number."""

    figures: Path | None = None
    years: tuple[int, ...] = ()
    seed: int = 1
    as_of: int | None = None
    fill: bool = False
    registrations: int | None = None
    rates: Mapping[str, float] = field(default_factory=fault_rates)


@dataclass(frozen=True)
class Generated:
    """The fit, the record that was written as generate.json, and whether the solver was needed."""

    fit: Fit
    record: dict[str, Any]
    solved_here: bool


def fitted(request: Request, frame: Frame, told: Told) -> tuple[Figures, Fit, bool]:
    """The figures and their leaves: the solved ones where the product has them, else from the solver."""
    told("figures", "")
    figures = packaged_figures() if request.figures is None else read_figures(request.figures)
    if not figures.years:
        raise FileFault("no_pathway_figures", file=figures.name)
    years = request.years or figures.years
    missing = sorted(set(years) - set(figures.years))
    if missing:
        raise UsageFault("figures_years", file=figures.name, asked=missing, found=list(figures.years))
    ready = shipped.load(shipped.shipped_path(), frame, figures.sha256)
    if ready is not None:
        return figures, of_years(ready, years), False
    return figures, fit(figures, frame, years=years, told=lambda label, year: told("solving", f"{label} {year}")), True


def generate(request: Request, catalogue: Catalogue, folder: OutputFolder, told: Told) -> Generated:
    """Fit, draw and write into `folder`; the caller finishes it."""
    frame = frame_of(catalogue)
    figures, found, solved_here = fitted(request, frame, told)
    leaves, as_of = _with_surroundings(request, frame, found)
    told("drawing", "")
    wanted = Wanted(
        leaves, as_of, seed=request.seed, registrations=request.registrations, rates=request.rates,
        told=lambda step, done: told(step, str(done or "")),
    )  # fmt: skip
    paths = [folder.path(name) for name in FILES]
    drawn = draw(wanted, catalogue, paths[0].parent)
    for name, key in zip(FILES, ("registrations", "patients", "new_cancers"), strict=True):
        folder.written[name]["rows"] = drawn.counts[key]
    record = _record(request, catalogue, figures, found, drawn, as_of)
    folder.write_text(RECORD, json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    folder.write_text(SET_ASIDE, _set_aside(found))
    return Generated(found, record, solved_here)


def _with_surroundings(request: Request, frame: Frame, found: Fit) -> tuple[pa.Table, int]:
    """Leaves of the published periods, of those between (if asked for) and of what goes on after the as-of day."""
    last = tertial_days(*found.published[-1])[1]
    as_of = last if request.as_of is None else request.as_of
    if as_of < last:
        raise UsageFault(
            "date_outside", option="--as-of", value=day_of(as_of), first=day_of(last), last=day_of(last + 3650)
        )
    first = tertial_days(*found.published[0])[0]
    published = set(found.published)
    span = list(fill.tertials(first, as_of + HORIZON))
    wanted = [when for when in span if when not in published and (request.fill or tertial_days(*when)[0] > last)]
    filled = fill.filled_leaves(found.leaves, frame, wanted, as_of=as_of, seed=request.seed)
    return pa.concat_tables([found.leaves, filled]), as_of


def _record(
    request: Request, catalogue: Catalogue, figures: Figures, found: Fit, drawn: Drawn, as_of: int
) -> dict[str, Any]:
    settings = catalogue.settings
    first_day = day_number(settings.first_day)
    apart = fill.periods_not_published(found.published, first_day, as_of, filled=request.fill)
    return {
        "format": 1,
        "command": "generate",
        "synthetic": True,
        "figures": {"name": figures.name, "sha256": figures.sha256},
        "years": sorted({account.year for account in found.accounts}),
        "seed": request.seed,
        "as_of": day_of(as_of).isoformat(),
        "settings": {
            "include_postponed": settings.include_postponed,
            "p_counts_as_treatment_start": settings.p_counts_as_treatment_start,
            "surveillance_without_limit_counts": settings.surveillance_without_limit_counts,
            "stale_days": settings.stale_days,
            "inclusion": settings.inclusion.model_dump(mode="json"),
        },
        "filled_periods": [period for period in apart if period["kind"] == "filled"],
        "incomplete_periods": [period for period in apart if period["kind"] == "incomplete"],
        "counts": drawn.counts,
        "faults": {kind: {"rate": request.rates[kind], "planted": drawn.planted[kind]} for kind in request.rates},
        "fit": [_account(account) for account in found.accounts],
        "set_aside": [_told_aside(one) for one in found.set_aside],
    }


def _account(account: Any) -> dict[str, Any]:
    told = asdict(account)
    told["aside"] = len(account.aside)
    return told


def _told_aside(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "period_from": day_of(one["period_from"]).isoformat()}


def _set_aside(found: Fit) -> str:
    """The rows set aside as CSV."""
    columns = (
        "row_id", "reason", "because_of", "indicator", "branch", "pathway_key", "unit_level", "unit_name", "org_nr",
        "period_type", "period_from", "numerator", "denominator",
    )  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for one in found.set_aside:
        others = " ".join(str(other) for other in one["because_of"])  # type: ignore[attr-defined]
        writer.writerow({**_told_aside(one), "because_of": others})
    return text.getvalue()
