"""Figures of counts: pathways started, decided, completed and open, points that are missing, messages, inclusion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pakkeforlop.episodes.link import Linked, in_threads
from pakkeforlop.indicators import columns as narrow
from pakkeforlop.indicators.columns import Narrow
from pakkeforlop.indicators.frame import Frame
from pakkeforlop.indicators.given import MessageRows, RegistrationRows
from pakkeforlop.indicators.ground import STEPS, Ground, band_names
from pakkeforlop.indicators.tally import NOTHING, Choice, Counted, Rolled, Tally, Which
from pakkeforlop.indicators.units import HOSPITAL, NATIONAL, REGION, TRUST

Array = npt.NDArray[Any]
OPEN = "pathways_open"
MESSAGES = "messages"
INCLUSION = "inclusion_share"
BELOW = "below"
"""What the messages are a share of: a tally that is no figure itself."""

FEW = 20_000
"""So few instances are counted sooner than a second processor is asked."""

Asked = tuple[int, int, bool]
"""A level, a length of period, and whether kinds are told."""

STANDARD: tuple[Asked, ...] = tuple(
    (level, step, level == NATIONAL or (step > 1 and level != HOSPITAL))
    for level in (NATIONAL, REGION, TRUST, HOSPITAL)
    for step in STEPS
    if (level, step) != (HOSPITAL, 1)
)
"""Cells are kept in bounds: kinds by month for the country, by tertial and year down to trusts; hospitals by tertial
and year, without kinds."""

ASKED: dict[str, tuple[Asked, ...]] = {
    OPEN: tuple((level, 1, True) for level in (NATIONAL, REGION, TRUST)),
    MESSAGES: tuple(
        (level, step, True)
        for level in (NATIONAL, REGION, TRUST)
        for step in STEPS
        if level == NATIONAL or step > 1
    ),
}
"""The cells of figures that differ from the standard."""


class Told(NamedTuple):
    """Cells of one figure at one level and length of period; names: what its kinds are called."""

    key: str
    names: Sequence[str]
    level: int | Array
    step: int | Array
    cells: Counted


class Counts:
    """Tallies that grow part by part (`add...`); when all parts are there the cells are told (`told`) and named.

    tally_of: makes a tally; whoever wants the entries themselves gives something that only notes them down.
    """

    def __init__(self, ground: Ground, tally_of: Callable[..., Tally] = Tally.of) -> None:
        self.ground, self.tally_of = ground, tally_of
        self.tallies: dict[str, Tally] = {}
        self.names: dict[str, tuple[str, ...]] = {
            "pathways_decided": ground.tables.kinds,
            "pathways_completed": ("", *ground.tables.ends),
            OPEN: ("", *band_names(ground.settings.open_age_bands)),
        }
        """What the kinds of a figure are called; a first one without a name stands for all kinds together."""

    def add(self, rows: Narrow) -> None:
        """Started, decided, completed, postponed, open, and the points that are missing."""
        ground = self.ground
        bands = ground.settings.open_age_bands
        of_days = np.ones(1 << 16, np.uint8)
        for band in bands:
            of_days[band + 1 :] += 1

        def ended_with(mark: int) -> Which:
            return Which(mark | narrow.OPEN, mark)

        def without(mark: int) -> Which:
            return Which(mark, 0)

        waiting = narrow.LEADS_ON | narrow.WAITED
        wanted: dict[str, Callable[[], Choice]] = {
            "pathways_started": lambda: Choice(rows.start),
            "pathways_decided": lambda: Choice(rows.decided, kind=rows.decision),
            "pathways_completed": lambda: Choice(rows.end, kind=(rows.ended + np.int8(1)).view(np.uint8)),
            "pathways_postponed": lambda: Choice(rows.end, ended_with(narrow.POSTPONED)),
            "missing_first_attendance": lambda: Choice(
                rows.end, ended_with(narrow.ASKS_ATTENDANCE), hits=without(narrow.ATTENDED)
            ),
            "missing_decision": lambda: Choice(
                rows.end, ended_with(narrow.TREATED), hits=without(narrow.DECIDED)
            ),
            "missing_treatment": lambda: Choice(
                rows.decided, Which(waiting, waiting), hits=Which(narrow.OPEN, narrow.OPEN)
            ),
            OPEN: lambda: Choice(
                rows.end, Which(narrow.OPEN, narrow.OPEN), now=int(ground.month_of[-1]), kind=of_days[rows.open_days],
                plain=False,
            ),
        }  # fmt: skip
        for key in wanted:  # made here, so that the figures stand in this order whatever thread is first
            self.tallies.setdefault(key, Tally((), NOTHING, NOTHING, NOTHING))

        def count(key: str) -> None:
            chosen = wanted[key]()
            kinds, hits = chosen.kind is not None, chosen.hits is not None
            tally = self.tally(key, self.names.get(key, ("",)), plain=chosen.plain, kinds=kinds, hits=hits)
            tally.add_rows(ground.trust_of, rows.first, rows.place, rows.marks, chosen)

        if len(rows.place) < FEW:
            for key in wanted:
                count(key)
        else:
            in_threads(count, list(wanted))

    def tally(self, key: str, names: Sequence[str], *, plain: bool, kinds: bool, hits: bool) -> Tally:
        """The tally of a key, made when first asked for."""
        tally = self.tallies.get(key)
        if tally is None or not tally.names:
            tally = self.tallies[key] = self.tally_of(self.ground.shape, names, plain=plain, kinds=kinds, hits=hits)
        return tally

    def count(
        self, key: str, pathway: Array, place: Array, month: Array, *, kind: Array | None = None,
        names: Sequence[str] = ("",), hits: Array | None = None, plain: bool = True,
    ) -> None:  # fmt: skip
        """Count rows that have a month by kind, pathway, place and month; with `hits`, also those that hit."""
        tally = self.tally(key, names, plain=plain, kinds=kind is not None, hits=hits is not None)
        tally.add(self.ground.trust_of, pathway, place, month, kind, hits)

    def add_inclusion(self, found: dict[str, Array], place: Array) -> None:
        """New patients in a pathway, of all new patients (decision 12)."""
        self.count(INCLUSION, found["pathway"], place, self.ground.month(found["day"]), hits=found["included"])

    def add_messages(self, given: MessageRows, linked: Linked | None, apart: RegistrationRows | None) -> None:
        """Messages by number, per registration of the cell where the registrations are at hand."""
        ground = self.ground
        if linked is not None:
            below = self.tally(BELOW, ("",), plain=True, kinds=False, hits=False)
            below.add_registrations(linked, (ground.month_of, ground.first_day, ground.tree.rank(linked.places)))
            if apart is not None and len(apart.day):
                place = ground.tree.rank(apart.places)[apart.place]
                below.add(ground.trust_of, ground.pathway(apart.pathway), place, ground.month(apart.day))
        if not len(given.number):
            return
        place = ground.tree.rank(given.places)[given.place]
        known = self.tallies.get(MESSAGES)
        numbers = np.union1d(ground.tables.messages, given.number) if known is None else np.array(known.names, np.int64)
        self.count(
            MESSAGES, ground.pathway(given.pathway), place, ground.month(given.day),
            kind=np.searchsorted(numbers, given.number), names=[str(number) for number in numbers], plain=False,
        )  # fmt: skip

    def told(self) -> list[Told]:
        """The tallies summed up to all units and periods."""
        ground, below = self.ground, self.tallies.get(BELOW)

        def told_of(key: str) -> list[Told]:
            tally = self.tallies[key]
            rolled = Rolled(tally, ground.tree, ground.together, below if key == MESSAGES else None)
            return [
                Told(key, tally.names, level, step, rolled.cells(level, step, kinds=kinds))
                for level, step, kinds in ASKED.get(key, STANDARD)
            ]

        keys = [key for key in self.tallies if key != BELOW]
        return [told for parts in in_threads(told_of, keys) for told in parts]

    def name(self, frame: Frame, told: Iterable[Told]) -> None:
        """Put cells into the table."""
        for key, names, level, step, cells in told:
            frame.add(
                key, self.ground.label(key), level=level, step=step, pathway=cells.pathway, unit=cells.unit,
                period=cells.period, numerator=cells.found if cells.hits is None else cells.hits,
                denominator=cells.under if cells.hits is None else cells.found,
                kind=(cells.kind, names) if len(names) > 1 else names[0],
            )  # fmt: skip
