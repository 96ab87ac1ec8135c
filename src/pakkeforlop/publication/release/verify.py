"""A release looked at again: are its files what they were, and does the proof that nothing can be worked out hold?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pakkeforlop.publication.disclosure.block import Reason, State
from pakkeforlop.publication.disclosure.rule import Rule
from pakkeforlop.publication.disclosure.verify import unprotected
from pakkeforlop.publication.release import internal
from pakkeforlop.publication.release.build import beside_of
from pakkeforlop.publication.release.figures import REASONS, STATUS, read_rows
from pakkeforlop.publication.release.over import set_beside
from pakkeforlop.publication.release.plan import Plan
from pakkeforlop.publication.release.shelf import INTERNAL, Release, Shelf, hashes, read_json
from pakkeforlop.vocabulary.errors import Fault


def faults_of(shelf: Shelf, release: Release, plan: Plan) -> list[str]:
    """What is wrong with a release, a line each; empty when it stands."""
    found = list(_changed(shelf, release))
    if found or release.external:
        return found
    rule = Rule(**release.record["rule"])
    earlier = [
        internal.from_files(one.name, shelf.internal(one.name)) for one in shelf.own if one.number < release.number
    ]
    kept = internal.from_files(release.name, shelf.internal(release.name))
    for name, one in kept.blocks.items():
        one.block.past = [past for before in earlier if (past := internal.past_on(one.block, before))]
        if (beside := beside_of(name, plan)) and not one.withheld:
            set_beside(one.block, kept.blocks[beside])
        found += unprotected(one, rule)
    return found + list(_shown_otherwise(release, kept, plan))


def _changed(shelf: Shelf, release: Release) -> Iterator[str]:
    """Files that are gone, new, or not what they were."""
    folders = [(release.folder, release.record["sha256"], {"run.json"})]
    if not release.external:
        inside = shelf.folder / INTERNAL / release.name
        folders.append((inside, _hashes_of_internal(shelf, release), {"run.json"}))
    for folder, said, ignored in folders:
        there = {
            path.name: path.read_bytes() for path in folder.glob("*") if path.is_file() and path.name not in ignored
        }
        now = hashes(there)
        for name in sorted(set(said) | set(now)):
            if said.get(name) != now.get(name):
                what = "is gone" if name not in now else "was not there" if name not in said else "is not what it was"
                yield f"{folder / name}: {what}"


def _hashes_of_internal(shelf: Shelf, release: Release) -> dict[str, str]:
    try:
        said: dict[str, str] = read_json(shelf.folder / INTERNAL / release.name / "run.json")["sha256"]
    except (Fault, KeyError):
        return {"run.json": "gone"}
    return said


def _shown_otherwise(release: Release, kept: internal.Kept, plan: Plan) -> Iterator[str]:
    """Public rows of this release (not those of locked years) that show more or other than was decided."""
    for row in read_rows(release.read("figures.parquet")):
        if row["release"] != release.name:
            continue
        family = plan.family_of(row["indicator"])
        one = kept.blocks[f"{family.name} {row['period'][:4]}"]
        member = family.member_of(row["indicator"])
        names = (row["org_nr"], row["period"], row["branch"], row["pathway_key"])
        nodes = tuple(axis.names.index(name) for axis, name in zip(one.block.axes, names, strict=True))
        if told_of(row) != decided(one, member, nodes):
            yield f"{row['figure_id']}: not as decided"


def told_of(row: dict[str, Any]) -> tuple[Any, ...]:
    """What a public row says."""
    return row["numerator"], row["denominator"], row["status"], row["reason"]


def decided(one: Any, member: int, nodes: tuple[int, ...]) -> tuple[Any, ...]:
    """What it was decided to say."""
    own, state = one.block.members[member], State(one.states[member][nodes])
    numerator, denominator = int(own.numerator[nodes]), int(own.denominator[nodes])
    reason = REASONS[Reason(one.reasons[member][nodes])]
    if state is State.UNPUBLISHED:
        return None, None, STATUS[state], REASONS[Reason.WITHHELD]
    if not own.share:
        return (denominator if state is State.SHOWN else None), None, STATUS[state], reason
    return (
        numerator if state is State.SHOWN else None,
        denominator if state < State.HIDDEN else None,
        STATUS[state],
        reason,
    )
