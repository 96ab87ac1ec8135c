"""What a day alone will change, and for whom: patients that a refresh takes up though nothing of theirs has come."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes import kernel
from pakkeforlop.episodes.held import Who, who
from pakkeforlop.episodes.result import Instances
from pakkeforlop.episodes.rows import Linking
from pakkeforlop.episodes.tables import NEVER
from pakkeforlop.indicators.ground import Ground
from pakkeforlop.vocabulary.calendar import NO_DAY

Ints = npt.NDArray[np.int64]


class Due(NamedTuple):
    """Days to come, and the patient that each of them changes something for; some too many do no harm."""

    day: Ints
    patient: Who

    def until(self, as_of: int) -> Who:
        """Whom the days up to one change something for."""
        return self.patient[self.day <= as_of]

    def after(self, as_of: int, new: Due) -> Due:
        """What is left after a day, and what is new."""
        day, patient = np.concatenate([self.day, new.day]), np.concatenate([self.patient, new.patient])
        return Due(day[day > as_of], patient[day > as_of])


def due_of(linking: Linking, ground: Ground, cancers: pa.Table | None) -> Due:
    """The days after the as-of day that change something by themselves.

    A decision has waited too long for its treatment, a transfer for its answer, an open pathway is closed by rule, the
    first contact of a new cancer comes.
    """
    linked, rules, as_of = linking.linked, ground.tables.rules, ground.as_of
    found, layout = Instances(linked), linking.linked.layout
    day, pathway = found.day("decision"), found.pathway
    waits = (day != NO_DAY) & ~ground.closing[pathway, found.kind("decision")]
    last = rules.prefix_last[pathway]
    closes = (found.ended < 0) & (last < NEVER)
    keys = np.concatenate([np.empty(0, np.int64), *(part.keys for part in linked.parts)])
    key_pathway = (keys >> layout.group_shift) & ((1 << layout.pathway_bits) - 1)
    order = (keys >> layout.place_bits) & ((1 << layout.order_bits) - 1)
    sent = np.flatnonzero(rules.flags[(key_pathway << layout.order_bits) | order] & kernel.TRANSFER)
    on = (keys[sent] >> (layout.place_bits + layout.order_bits)) & ((1 << layout.day_bits) - 1)
    answer = on + layout.first_day + rules.no_answer_days[key_pathway[sent]]
    days = np.concatenate([day[waits] + ground.settings.missing_treatment_after_days, last[closes] + 1, answer])
    patients = np.concatenate([found.patient[waits], found.patient[closes], keys[sent] >> layout.patient_shift])
    later = np.flatnonzero(days > as_of)
    due = Due(days[later].astype(np.int64), who(linking.registrations.patients.names(patients[later])))
    if cancers is None:
        return due
    contact = np.asarray(pc.fill_null(cancers["first_contact_day"], NO_DAY)).astype(np.int64)
    return due.after(as_of, Due(contact, who(cancers["patient_id"])))
