"""Build a release: figures through disclosure control, beside what earlier releases showed. Pure: files as bytes."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.publication.disclosure.block import Block
from pakkeforlop.publication.disclosure.protect import Protected, protect
from pakkeforlop.publication.disclosure.rule import Rule
from pakkeforlop.publication.disclosure.verify import unprotected
from pakkeforlop.publication.files import csv_of, parquet_of
from pakkeforlop.publication.release import figures as released
from pakkeforlop.publication.release import internal, revise
from pakkeforlop.publication.release.blocks import Tree, blocks_of
from pakkeforlop.publication.release.over import set_beside
from pakkeforlop.publication.release.plan import Plan
from pakkeforlop.publication.release.shelf import Shelf, hashes
from pakkeforlop.publication.release.source import Figure
from pakkeforlop.vocabulary.errors import FileFault, InternalFault, UsageFault

FORMAT = 1
ALONE_BELOW = 20_000
"""With fewer rows than this a second process costs more than it saves."""

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Built:
    """A release ready to be written: public files, the record that lists them, internal files."""

    public: dict[str, bytes]
    record: dict[str, Any]
    internal: dict[str, bytes]


def rule_of(catalogue: Catalogue) -> Rule:
    """The thresholds of the catalogue."""
    return Rule(catalogue.disclosure.fewer_than, catalogue.disclosure.denominator_below, catalogue.disclosure.secondary)


def definitions_version(catalogue: Catalogue) -> str:
    """The version of the definitions: the beginning of the hash of all of them."""
    return hashlib.sha256(catalogue.model_dump_json().encode()).hexdigest()[:16]


def build(
    figures: Sequence[Figure], catalogue: Catalogue, plan: Plan, shelf: Shelf, *, name: str, released_on: str,
    code_version: str, source: str, processes: int = 1, bands: Sequence[Figure] = (),
    more: Mapping[str, bytes] | None = None, synthetic: bool = False,
) -> Built:  # fmt: skip
    """Build the release. bands: days over the limit (`over.band_figures`); more: public files made elsewhere;
    synthetic: all patients are invented.

    Raises faults of the figures; InternalFault when the outcome does not stand its own proof.
    """
    rule, tree, version = rule_of(catalogue), Tree(catalogue), definitions_version(catalogue)
    kept = [internal.from_files(one.name, shelf.internal(one.name)) for one in shelf.own]
    nodes = internal.nodes_of(kept)
    blocks = blocks_of(figures, plan, tree, file=source, more=nodes)
    hospitals = any(figure.level == "hospital" for figure in figures)
    for block in blocks:
        _no_shorter(block, kept, source, hospitals=hospitals)
        block.past = [past for one in kept if (past := internal.past_on(block, one))]
    tried = protect_all(blocks, rule, processes=processes)
    tried += _beside(blocks_of(bands, plan, tree, file=source, more=nodes), tried, plan, kept, rule)
    results = [one for one, _ in tried]
    figures = [*figures, *bands]
    if alone := [one.block.name for one in results if one.withheld and not one.block.past]:
        raise InternalFault("release_unsafe", count=len(alone), first=alone[0])
    if wrong := [line for _, lines in tried for line in lines]:
        raise InternalFault("release_unsafe", count=len(wrong), first=wrong[0])
    by_name = {one.block.name: one for one in results}
    fresh = released.released_rows(figures, by_name, plan, release=name, definitions=version)
    years = sorted({figure.year for figure in figures} | set(shelf.locks))
    before = {year: rows for year in years if (rows := _before(shelf, year))}
    fresh += _still_standing({year: _before(shelf, year, standing=True) for year in years}, by_name, plan)
    rows, revisions = revise.merge(fresh, before, shelf.locks)
    since = shelf.own[-1].name if shelf.own else ""
    table, revision_table = released.table_of(rows), revise.revision_table(revisions)
    about = {"release": name, "released": released_on, "definitions": version}
    public = {
        "figures.csv": csv_of(table),
        "figures.parquet": parquet_of(table),
        "figures.json": released.as_json(table, about),
        "revisions.csv": csv_of(revision_table),
        "changes.json": _json(revise.changes(revisions, fresh, since)),
        "definitions.json": _json({"version": version, "indicators": _definitions(catalogue, plan)}),
        **(more or {}),
    }
    levels = {figure.org_nr: figure.level for figure in figures}
    for one in kept:
        levels = {**one.levels, **levels}
    record = {
        "format": FORMAT,
        **about,
        **({"synthetic": True} if synthetic else {}),
        "number": len(shelf.releases) + 1,
        "after": since,
        "code": code_version,
        "rule": asdict(rule),
        "periods": sorted({row["period"] for row in rows}),
        "locked": {str(year): shelf.locks[year] for year in sorted(shelf.locks)},
        "figures": len(rows),
        "status": dict(sorted(Counter(row["status"] for row in rows).items())),
        "reasons": dict(sorted(Counter(row["reason"] for row in rows if row["reason"]).items())),
        "public": sum(one.public for one in results),
        "withheld": [one.block.name for one in results if one.withheld],
        "sha256": hashes(public),
    }
    return Built(public, record, internal.to_files(results, levels))


def _beside(
    blocks: Sequence[Block], tried: Sequence[Tried], plan: Plan, kept: Sequence[internal.Kept], rule: Rule
) -> list[Tried]:
    """Families that are told only where another one shows the same persons' sums."""
    by_name = {one.block.name: one for one, _ in tried}
    for block in blocks:
        block.past = [past for one in kept if (past := internal.past_on(block, one))]
        set_beside(block, by_name[beside_of(block.name, plan)])
    return [protect_and_try(block, rule) for block in blocks]


def beside_of(name: str, plan: Plan) -> str:
    """The block that the block of this name stands beside; empty where it stands alone."""
    family, year = name.rsplit(" ", 1)
    beside = next(one.beside for one in plan.family if one.name == family)
    return f"{beside} {year}" if beside else ""


def _still_standing(
    before: Mapping[int, Sequence[released.Row]], results: Mapping[str, Protected], plan: Plan
) -> list[released.Row]:
    """Figures of families and years of which nothing new can be released: those of the release before stand.

    What the plan does not name any more is not part of this release, neither new nor as before.
    """
    return [
        row
        for year, rows in before.items()
        for row in rows
        if row["indicator"] in plan.indicators
        if (one := results.get(f"{plan.family_of(row['indicator']).name} {year}")) is not None and one.withheld
    ]


Tried = tuple[Protected, list[str]]
"""A block as it was protected, and what is wrong with its proof: nothing, where it may be released."""


def protect_and_try(block: Block, rule: Rule) -> Tried:
    """Protect a block and try its proof anew."""
    found = protect(block, rule)
    return found, unprotected(found, rule)


def protect_all(blocks: Sequence[Block], rule: Rule, *, processes: int = 1) -> list[Tried]:
    """Protect and try every block; blocks share nothing, so several processes give what one gives."""
    rows = sum(_rows(block) for block in blocks)
    if processes < 2 or rows < ALONE_BELOW:
        return [protect_and_try(block, rule) for block in blocks]
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    largest_first = sorted(range(len(blocks)), key=lambda n: -_rows(blocks[n]))
    with _one_thread_each(), ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        work = {n: pool.submit(protect_and_try, blocks[n], rule) for n in largest_first}
        return [work[n].result() for n in range(len(blocks))]


def _rows(block: Block) -> int:
    return sum(int((member.denominator > 0).sum()) for member in block.members)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes begun here let their matrix products alone to one thread: several would only wait for each other."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _before(shelf: Shelf, year: int, *, standing: bool = False) -> list[released.Row]:
    """The figures of a year as they were: of the release that locked it, else of the last one.

    standing: of the last one that is not withdrawn; else a withdrawn one too, for its readers are told what was wrong.
    """
    last = [one for one in shelf.own if year in one.years][-1:]
    holding = shelf.release(shelf.locks[year]) if year in shelf.locks else shelf.holding(year) if standing else next(
        iter(last), None)  # fmt: skip
    if holding is None:
        return []
    rows = released.read_rows(holding.read("figures.parquet"))
    return [row for row in rows if int(row["period"][:4]) == year]


def _no_shorter(block: Block, kept: Sequence[internal.Kept], source: str, *, hospitals: bool) -> None:
    """A year may grow by tertials, never shrink: what an earlier release told of the rest could not be weighed."""
    for one in kept:
        before = one.blocks.get(block.name)
        if before is None or before.withheld:
            continue
        gone = sorted(set(before.block.axes[1].names) - set(block.axes[1].names))
        if gone:
            raise FileFault("release_shorter", file=source, block=block.name, release=one.name, periods=gone)
        if "hospital" in one.levels.values() and not hospitals:
            raise UsageFault("release_hospitals", release=one.name)


def _definitions(catalogue: Catalogue, plan: Plan) -> list[dict[str, Any]]:
    keep = {"key", "label", "name", "sentence", "unit", "numerator", "denominator", "target_percent", "nki_id",
            "higher_is_better", "source", "confidence", "note"}  # fmt: skip
    return [
        {key: value for key, value in catalogue.indicators[key].model_dump(mode="json").items() if key in keep}
        for key in plan.indicators
        if key in catalogue.indicators
    ]


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
