"""What a release keeps to itself: complete counts, what was hidden and why, and the proof. Never served.

Later releases are protected against it, and `release verify` checks the proof anew. It lies in a folder of its own.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pakkeforlop.publication.disclosure.axes import Axis
from pakkeforlop.publication.disclosure.block import Block, Member, Past, State
from pakkeforlop.publication.disclosure.moves import Move
from pakkeforlop.publication.disclosure.protect import Protected
from pakkeforlop.publication.disclosure.search import Found
from pakkeforlop.publication.files import parquet_of

COUNTS = ("numerator", "denominator", "state", "reason")


@dataclass(frozen=True)
class Kept:
    """The blocks of a release as they were protected, and the levels of their units."""

    name: str
    blocks: dict[str, Protected]
    levels: dict[str, str]


def to_files(results: Sequence[Protected], levels: dict[str, str]) -> dict[str, bytes]:
    """The internal files of a release: axes.json, counts.parquet, proof.parquet."""
    axes = {
        one.block.name: {
            "names": [axis.names for axis in one.block.axes],
            "above": [axis.above for axis in one.block.axes],
            "share": [member.share for member in one.block.members],
            "withheld": one.withheld,
            "public": one.public,
        }
        for one in results
    }
    text = json.dumps({"blocks": axes, "levels": dict(sorted(levels.items()))}, ensure_ascii=False, indent=1)
    return {
        "axes.json": (text + "\n").encode(),
        "counts.parquet": parquet_of(_counts(results)),
        "proof.parquet": parquet_of(_proof(results)),
    }


def _counts(results: Sequence[Protected]) -> pa.Table:
    columns: dict[str, list[Any]] = {name: [] for name in ("block", "member", *COUNTS)}
    for one in results:
        for number, member in enumerate(one.block.members):
            size = member.denominator.size
            columns["block"].append(pa.array([one.block.name] * size).dictionary_encode())
            columns["member"].append(pa.array(np.full(size, number, np.int8)))
            tables: tuple[npt.NDArray[Any], ...] = (
                member.numerator,
                member.denominator,
                one.states[number],
                one.reasons[number],
            )
            for name, table in zip(COUNTS, tables, strict=True):
                columns[name].append(pa.array(table.ravel()))
    return pa.table({name: pa.chunked_array(parts) for name, parts in columns.items()}).unify_dictionaries()


def _proof(results: Sequence[Protected]) -> pa.Table:
    rows = [
        (one.block.name, found.mode, found.free, json.dumps(found.move.steps), found.move.places, found.move.signs)
        for one in results
        for found in one.proof
    ]
    kinds = (pa.string(), pa.string(), pa.bool_(), pa.string(), pa.list_(pa.int64()), pa.list_(pa.int8()))
    names = ("block", "mode", "free", "steps", "places", "signs")
    return pa.table(
        {
            name: pa.array([row[n] for row in rows], kind)
            for n, (name, kind) in enumerate(zip(names, kinds, strict=True))
        }
    )


def from_files(name: str, files: dict[str, bytes]) -> Kept:
    """The internal files read back."""
    about = json.loads(files["axes.json"])
    counts = pq.read_table(io.BytesIO(files["counts.parquet"]))
    table = {column: counts[column].to_numpy() for column in COUNTS}
    proofs = _read_proof(files["proof.parquet"])
    blocks: dict[str, Protected] = {}
    at = 0
    for block_name, one in about["blocks"].items():
        axes = tuple(Axis(tuple(names), tuple(above)) for names, above in zip(one["names"], one["above"], strict=True))
        shape = tuple(len(axis.names) for axis in axes)
        size = int(np.prod(shape))
        members, states, reasons = [], [], []
        for share in one["share"]:
            cut = {column: values[at : at + size].reshape(shape).copy() for column, values in table.items()}
            at += size
            states.append(cut["state"].astype(np.int8))
            reasons.append(cut["reason"].astype(np.int8))
            published = states[-1] != State.UNPUBLISHED
            members.append(Member(share, cut["numerator"], cut["denominator"], published))
        loose = tuple(node for node, unit in enumerate(axes[0].names) if unit.endswith(" rest"))
        block = Block(block_name, axes, members, loose=loose)
        proof = proofs.get(block_name, [])
        blocks[block_name] = Protected(block, states, reasons, proof, one["withheld"], one["public"])
    return Kept(name, blocks, about["levels"])


def _read_proof(content: bytes) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    for row in pq.read_table(io.BytesIO(content)).to_pylist():
        steps = tuple((int(numerator), int(denominator)) for numerator, denominator in json.loads(row["steps"]))
        move = Move(steps, np.array(row["places"], np.int64), np.array(row["signs"], np.int8))
        found.setdefault(row["block"], []).append(Found(0.0, move, row["mode"], row["free"]))
    return found


def past_on(block: Block, kept: Kept) -> Past | None:
    """A block as an earlier release had it, on the nodes of the new one; None where it had no such block.

    Where the earlier release has no such node, nothing was published and any count is as good: that of the new one.
    """
    before = kept.blocks.get(block.name)
    if before is None or before.withheld:
        return None
    place = [
        np.array([old.names.index(name) if name in old.names else -1 for name in new.names])
        for new, old in zip(block.axes, before.block.axes, strict=True)
    ]
    known = np.ix_(*[at >= 0 for at in place])
    here = np.zeros(block.shape, np.bool_)
    here[known] = True
    take = np.ix_(*place)
    past = Past(kept.name, [], [], [])
    for number, new in enumerate(block.members):
        old = before.block.members[number]
        states = np.where(here, before.states[number][take], State.UNPUBLISHED).astype(np.int8)
        numerator = np.where(here, old.numerator[take], new.numerator)
        denominator = np.where(here, old.denominator[take], new.denominator)
        past.members.append(Member(old.share, numerator, denominator, states != State.UNPUBLISHED))
        past.states.append(states)
        past.reasons.append(np.where(here, before.reasons[number][take], 0).astype(np.int8))
    return past


def nodes_of(kept: Iterable[Kept]) -> dict[str, set[tuple[tuple[str, str, str, str], str]]]:
    """Units and pathways of earlier releases by block, as cells that a new block needs nodes for."""
    found: dict[str, set[tuple[tuple[str, str, str, str], str]]] = {}
    for one in kept:
        for name, result in one.blocks.items():
            units, _, _, pathways = (axis.names for axis in result.block.axes)
            if result.withheld:
                continue
            cells = found.setdefault(name, set())
            for unit in (unit for unit in units if unit in one.levels):
                cells.update(((unit, "", "all", pathway), one.levels[unit]) for pathway in pathways)
    return found
