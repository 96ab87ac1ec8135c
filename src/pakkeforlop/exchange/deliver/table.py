"""Instances as rows of the delivery: one row per pathway instance, with the institution of each event.

All cells are text, as they stand in the file; a missing value is an empty text. Days and limits are of the episodes
table, unchanged: a missing point gives an empty time, and OFnstd is the limit in days (a choice; see the how-to).
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.exchange.deliver.layout import column_names, families

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


EXTRA = pa.schema(
    [("patient", pa.string()), ("episode", pa.string()), ("trust", pa.string()), ("region", pa.string()),
     ("filled", pa.int8())]
)  # fmt: skip
MADE_LATER = frozenset({"lopenr", "pfInstansId"})
"""Columns that depend on who gets the file."""
SCHEMA = pa.schema([*((name, pa.string()) for name in column_names() if name not in MADE_LATER), *EXTRA])
"""The rows of a month before it is known who gets them."""


def rows_of(
    episodes: pa.Table, catalogue: Catalogue, people: pa.Table | None, *, known_only: bool = True
) -> tuple[pa.Table, dict[str, int]]:
    """Rows (`SCHEMA`) from episodes (columns of docs/reference), and how many are in no file: by family, and
    `unknown_unit`.

    people: patients with birth_day, death_day and what `residence` found. Only organ-specific pathways go out.
    known_only: nor do those of units that the catalogue does not have.
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
    columns = {
        **_columns(episodes, catalogue),
        **_of_the_person(people, patient),
        "patient": patient,
        "episode": _text(episodes["episode_id"]),
        "trust": trust,
        "region": _mapped(trust, {key: one.region for key, one in catalogue.trusts.items()}),
    }
    return pa.table({field.name: columns[field.name] for field in SCHEMA}, SCHEMA), left_out


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


def _of_the_person(people: pa.Table | None, patient: pa.ChunkedArray) -> dict[str, pa.Array]:
    """Residence, birth and death of each row's patient; empty where nothing is known."""
    nothing = pa.array([""] * len(patient), pa.string())
    names = {"KommuneNr": "municipality", "BydelNr": "district", "FødselsDato": "birth_day", "DødsDato": "death_day"}
    if people is None:
        return {**dict.fromkeys(names, nothing), "filled": pa.array([0] * len(patient), pa.int8())}
    at = pc.index_in(patient, value_set=_one(_text(people["patient_id"])))
    found: dict[str, pa.Array] = {"filled": pc.fill_null(people["filled"].take(at), 0)}
    for name, column in names.items():
        if column not in people.column_names:
            found[name] = nothing
        elif column.endswith("_day"):
            found[name] = _text(people[column].take(at).cast(pa.int32()).cast(pa.date32()))
        else:
            found[name] = _text(people[column].take(at))
    return found


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.cast(column, pa.string()), "")


def _mapped(column: pa.ChunkedArray, names: dict[str, str]) -> pa.ChunkedArray:
    """Each text replaced by another; "" for those that have none."""
    at = pc.index_in(_text(column), value_set=pa.array(list(names), pa.string()))
    return pc.fill_null(pa.array(list(names.values()), pa.string()).take(_one(at)), "")


def _one(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
