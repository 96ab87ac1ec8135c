"""What figures are made from besides the instances, fetched from a linking or read back from files."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes.coded import Registrations
from pakkeforlop.episodes.result import apart_unknown, message_events
from pakkeforlop.episodes.rows import Linking
from pakkeforlop.indicators.given import Material, MessageRows, NewCancerRows, RegistrationRows
from pakkeforlop.vocabulary.calendar import NO_DAY

Array = npt.NDArray[Any]


def material_of(linking: Linking, patients: pa.Table | None, cancers: pa.Table | None) -> Material:
    """Messages, registrations and new cancers of one run.

    patients: the patients file (patient_id, birth_day); cancers: patient_id, icd10, first_contact_day, institution.
    """
    registrations = linking.registrations
    return Material(
        new_cancers=None if cancers is None else new_cancer_rows(cancers, registrations, patients),
        messages=message_rows(linking),
        registrations=registration_rows(linking),
        apart=apart_rows(linking),
    )


def new_cancer_rows(cancers: pa.Table, registrations: Registrations, patients: pa.Table | None) -> NewCancerRows:
    """The new cancers with the patient numbers of the registrations; others get numbers of their own behind them."""
    ids = cancers["patient_id"]
    number = registrations.patients.numbers(ids)
    unknown = np.flatnonzero(number < 0)
    if len(unknown):
        texts = pc.cast(ids.take(pa.array(unknown)), pa.string())
        codes = (texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts).dictionary_encode().indices
        number = number.copy()
        number[unknown] = registrations.patients.count + np.asarray(codes)
    return NewCancerRows(cancers, number, None if patients is None else birth_days(ids, patients))


def birth_days(ids: pa.ChunkedArray, patients: pa.Table) -> Array:
    """The birth day of each id, NO_DAY where the patients file does not tell it."""
    texts = pc.cast(patients["patient_id"], pa.string())
    at = pc.index_in(pc.cast(ids, pa.string()), value_set=texts.combine_chunks())
    return np.asarray(pc.fill_null(patients["birth_day"].take(at), NO_DAY)).astype(np.int64)


def message_rows(linking: Linking) -> MessageRows:
    """Every message of a linking, with the pathway, place and day of its registration."""
    linked, registrations = linking.linked, linking.registrations
    layout = registrations.layout
    events = message_events(linked)
    key = events["key"]
    day = ((key >> (layout.place_bits + layout.order_bits)) & ((1 << layout.day_bits) - 1)) + layout.first_day
    pathway = (key >> layout.group_shift) & ((1 << layout.pathway_bits) - 1)
    number = np.array(linked.tables.messages)[events["number"]]
    place = key & ((1 << layout.place_bits) - 1)
    apart = apart_rows(linking)
    row, said = apart_unknown(linked, registrations)
    at = np.concatenate([np.arange(len(apart.day)), np.searchsorted(registrations.apart, row)])
    return MessageRows(
        number=_joined(np.int16, number, registrations.apart_message, said),
        pathway=_joined(np.int16, pathway, apart.pathway[at]),
        place=_joined(np.int32, place, apart.place[at]),
        day=_joined(np.int32, day, apart.day[at]),
        places=registrations.places,
    )


def _joined(kind: Any, *parts: Array) -> Array:
    """Numbers end to end, no wider than they need to be: there is a message on every tenth registration or so."""
    return np.concatenate([part.astype(kind) for part in parts])


def apart_rows(linking: Linking) -> RegistrationRows:
    """Every registration that could not be linked: unknown code, missing date; pathway -1 where the code names none."""
    registrations = linking.registrations
    rows = pa.array(registrations.apart)
    number = {prefix: n for n, prefix in enumerate(linking.linked.tables.pathways)}

    def days(name: str) -> Array:
        if name not in registrations.table.column_names:
            return np.full(len(rows), NO_DAY, np.int64)
        return np.asarray(pc.fill_null(registrations.table[name].take(rows), NO_DAY)).astype(np.int64)

    day = days("day")
    names = pc.cast(registrations.table["institution"].take(rows), pa.string()).to_pylist()
    places = [registrations.places.of(name, int(at)) for name, at in zip(names, day, strict=True)]
    pathway = [number.get(prefix, -1) for prefix in registrations.apart_pathway]
    return RegistrationRows(
        np.array(pathway, np.int64), np.array(places, np.int64), day, days("registered_day"), registrations.places
    )


def registration_rows(linking: Linking) -> RegistrationRows | None:
    """Every dated registration and when it was registered; None when the files do not tell."""
    registrations = linking.registrations
    if "registered_day" not in registrations.table.column_names:
        return None
    coded, apart = registrations.coded(), apart_rows(linking)
    registered = np.asarray(pc.fill_null(registrations.table["registered_day"], NO_DAY)).astype(np.int64)
    order_bits = registrations.layout.order_bits
    more = np.flatnonzero(apart.day != NO_DAY)
    return RegistrationRows(
        np.concatenate([coded.code >> order_bits, apart.pathway[more]]),
        np.concatenate([coded.place, apart.place[more]]),
        np.concatenate([coded.day, apart.day[more]]),
        np.concatenate([registered[registrations.rows], apart.registered[more]]),
        registrations.places,
    )
