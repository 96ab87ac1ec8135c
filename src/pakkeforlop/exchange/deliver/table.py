"""Instances as rows of the delivery: one row per pathway instance, with the institution of each event.

All cells are text, as they stand in the file; a missing value is an empty text. Days and limits are of the episodes
table, unchanged: a missing point gives an empty time, and OFnstd is the limit in days (a choice; see the how-to).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.exchange.deliver.layout import Month, Recipient, column_names, families, file_name
from pakkeforlop.exchange.deliver.residence import Residence, residences
from pakkeforlop.exchange.deliver.running import instance_ids, running_numbers

PLACES = {
    "institusjonId": "start_institution", "Ainst": "start_institution", "Sinst": "first_attendance_institution",
    "Cinst": "decision_institution", "Finst": "treatment_institution", "Xinst": "end_institution",
}  # fmt: skip
DATES = {
    "StartDato": "start_date", "UtrStartDato": "first_attendance_date", "KliniskBeslutn": "decision_date",
    "StartBeh": "treatment_date", "Avslutn": "end_date", "AnsiennDato": "seniority_date",
}  # fmt: skip
OTHERS = {
    "Forløp": "pathway", "AntInst": "institutions", "AntHf": "trusts",
    "TypeBeslutn": "decision", "TypeBeh": "treatment",
    **{f"OF{n}": f"of{n}_days" for n in range(1, 5)}, **{f"OF{n}std": f"of{n}_limit" for n in range(1, 5)},
}  # fmt: skip


@dataclass(frozen=True)
class Base:
    """All rows of a month, for every recipient, with what decides who gets them and what stands in place of persons.

    `table` has the columns of the file but lopenr and pfInstansId, and patient, episode, trust, region beside them.
    """

    table: pa.Table
    left_out: dict[str, int]
    """Instances that are in no file: by family, and `unknown_unit`."""
    filled: dict[str, tuple[str, ...]]
    """Patients whose residence came from an earlier row, and which columns of it."""

    def rows_of(self, recipient: Recipient) -> pa.Table:
        """The rows that a recipient gets: those whose responsible trust is it, or is in it."""
        column = "region" if recipient.level == "region" else "trust"
        return self.table.filter(pc.equal(self.table[column], recipient.key))

    @cached_property
    def trusts(self) -> tuple[Recipient, ...]:
        """The trusts that have rows, by key."""
        return tuple(Recipient(key, key, "trust") for key in sorted(pc.unique(self.table["trust"]).to_pylist()))


@dataclass(frozen=True)
class File:
    """A file for one recipient: its table with the columns of the register, and notes on single cells."""

    recipient: Recipient
    name: str
    table: pa.Table
    notes: pa.Table
    patients: int


def base_of(
    episodes: pa.Table,
    catalogue: Catalogue,
    patients: Sequence[Path],
    people: pa.Table | None,
    *,
    known_only: bool = True,
) -> Base:
    """Rows from episodes (columns of docs/reference). people: the patients as read, for birth and death.

    Only organ-specific pathways go out. known_only: nor do those of units that the catalogue does not have.
    """
    family = {prefix: one.family for prefix, one in catalogue.pathways.items()}
    pathway = _text(episodes["pathway"])
    chosen = pc.is_in(pathway, value_set=pa.array([p for p, f in family.items() if f in families()], pa.string()))
    left_out: dict[str, int] = {}
    for prefix in pathway.filter(pc.invert(chosen)).to_pylist():
        left_out[family[prefix]] = left_out.get(family[prefix], 0) + 1
    episodes = episodes.filter(chosen)
    key_of = {one.org_nr: key for key, one in catalogue.trusts.items()}
    trust = _mapped(episodes["trust"], key_of)
    known = pc.not_equal(trust, "")
    if known_only:
        unknown = episodes.num_rows - int(pc.sum(known).as_py() or 0)
        left_out |= {"unknown_unit": unknown} if unknown else {}
        episodes, trust = episodes.filter(known), trust.filter(known)
    patient = _text(episodes["patient_id"])
    distinct = pc.unique(patient)
    lives = residences(patients, distinct)
    at = pc.index_in(patient, value_set=distinct)
    columns = {
        **_columns(episodes, catalogue),
        **_residence(lives, at),
        **_births(people, patient),
        "patient": patient,
        "episode": _text(episodes["episode_id"]),
        "trust": trust,
        "region": _mapped(trust, {key: one.region for key, one in catalogue.trusts.items()}),
    }
    filled = {who: one.filled for who, one in zip(distinct.to_pylist(), lives, strict=True) if one.filled}
    return Base(pa.table(columns), dict(sorted(left_out.items())), filled)


def file_for(base: Base, recipient: Recipient, month: Month, secret: bytes) -> File:
    """The file of one recipient, in the order of its running numbers.

    A trust gets the ids that it can make itself; a region gets ids that cannot be led back to a patient.
    """
    name = file_name(recipient, month)
    rows = base.rows_of(recipient)
    numbers = running_numbers(secret, name, rows["patient"].to_pylist())
    who = rows["patient"].to_pylist()
    ids = rows["episode"].to_pylist()
    if recipient.level == "region":
        ids = instance_ids(secret, ids)
    table = rows.append_column("number", pa.array([numbers[one] for one in who], pa.int64()))
    table = table.append_column("pfInstansId", pa.array(ids, pa.string()))
    table = table.append_column("lopenr", pc.cast(table["number"], pa.string()))
    table = table.sort_by([(column, "ascending") for column in ("number", "Forløp", "StartDato", "episode")])
    return File(recipient, name, table.select(column_names()), _notes(table, base), len(numbers))


def _notes(table: pa.Table, base: Base) -> pa.Table:
    """The cells that were filled from an earlier row of the patients file."""
    found: list[tuple[str, str, str, str]] = []
    if base.filled:
        for row in table.select(["patient", "lopenr", "pfInstansId", "KommuneNr", "BydelNr"]).to_pylist():
            for column in base.filled.get(row["patient"], ()):
                found.append((row["lopenr"], row["pfInstansId"], column, row[column]))
    names = ("lopenr", "pfInstansId", "column", "value")
    return pa.table({name: pa.array([one[n] for one in found], pa.string()) for n, name in enumerate(names)})


def _columns(episodes: pa.Table, catalogue: Catalogue) -> dict[str, pa.Array]:
    units = catalogue.units
    name = {key: unit.name for key, unit in units.by_number.items()}
    unit = _text(episodes["unit"])
    is_id = pc.fill_null(pc.match_substring_regex(unit, r"^\d+$"), False)
    start = episodes["start_date"]
    return {
        **{ours: _text(episodes[column]) for ours, column in (PLACES | OTHERS | DATES).items()},
        "institusjon": _mapped(episodes["start_institution"], name),
        "reshIdFagEnhet": pc.if_else(is_id, unit, ""),
        "Fagenhet": pc.if_else(is_id, "", unit),
        "Pakkeforløp": _mapped(episodes["pathway"], {key: one.name.nb for key, one in catalogue.pathways.items()}),
        "År": _text(pc.year(start)),
        "Overf": pc.if_else(episodes["transferred"], "1", "0"),
    }


def _residence(lives: list[Residence], at: pa.Array) -> dict[str, pa.Array]:
    municipality = pa.array([one.municipality for one in lives], pa.string())
    district = pa.array([one.district for one in lives], pa.string())
    return {"KommuneNr": municipality.take(_one(at)), "BydelNr": district.take(_one(at))}


def _births(people: pa.Table | None, patient: pa.ChunkedArray) -> dict[str, pa.Array]:
    nothing = pa.array([""] * len(patient), pa.string())
    if people is None:
        return {"FødselsDato": nothing, "DødsDato": nothing}
    at = pc.index_in(patient, value_set=_one(_text(people["patient_id"])))
    found = {}
    for name, column in (("FødselsDato", "birth_day"), ("DødsDato", "death_day")):
        has = column in people.column_names
        found[name] = _text(people[column].take(at).cast(pa.int32()).cast(pa.date32())) if has else nothing
    return found


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.cast(column, pa.string()), "")


def _mapped(column: pa.ChunkedArray, names: dict[str, str]) -> pa.ChunkedArray:
    """Each text replaced by another; "" for those that have none."""
    at = pc.index_in(_text(column), value_set=pa.array(list(names), pa.string()))
    return pc.fill_null(pa.array(list(names.values()), pa.string()).take(_one(at)), "")


def _one(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array

