"""What figures are made from besides the instances, fetched from a linking or read back from files."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes.coded import Registrations
from pakkeforlop.episodes.result import message_events
from pakkeforlop.episodes.rows import Linking
from pakkeforlop.indicators.compute import Material, MessageRows, NewCancerRows, RegistrationRows
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
        registrations=registration_rows(registrations),
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
    apart = registrations.apart
    prefix_no = {prefix: n for n, prefix in enumerate(linked.tables.pathways)}
    days = np.asarray(pc.fill_null(registrations.table["day"].take(pa.array(apart)), NO_DAY)).astype(np.int64)
    names = pc.cast(registrations.table["institution"].take(pa.array(apart)), pa.string()).to_pylist()
    places = [registrations.places.of(name, int(at)) for name, at in zip(names, days, strict=True)]
    return MessageRows(
        number=np.concatenate([number, registrations.apart_message]),
        pathway=np.concatenate(
            [pathway, np.array([prefix_no.get(p, -1) for p in registrations.apart_pathway], np.int64)]
        ),
        place=np.concatenate([place, np.array(places, np.int64)]),
        day=np.concatenate([day, days]),
        places=registrations.places,
    )


def registration_rows(registrations: Registrations) -> RegistrationRows | None:
    """Every registration that could be linked and when it was registered; None when the files do not tell."""
    if "registered_day" not in registrations.table.column_names:
        return None
    coded = registrations.coded()
    registered = np.asarray(pc.fill_null(registrations.table["registered_day"], NO_DAY)).astype(np.int64)
    order_bits = registrations.layout.order_bits
    return RegistrationRows(
        coded.code >> order_bits, coded.place, coded.day, registered[registrations.rows], registrations.places
    )
