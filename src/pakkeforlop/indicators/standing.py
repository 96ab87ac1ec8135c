"""Figures that stand, and are refreshed: what some patients gave them is taken out, and what they give now put in.

Every figure is a sum over patients, or a quantile of days that are such sums. So when registrations come or are
corrected, the patients touched are linked as they were and as they are, and counted both times by `Figures`; entries
that are the same on both sides fall out, and the rest changes the cells it stands in and no others. A day that passes
touches patients too: those whose pathway changes by it alone (`due.py`), and how long each open pathway has been open.

The cells are those of a whole run, to the last one. What cannot be done in part is counted whole: an institution that
no catalogue knows and nobody has seen, years on, or so many patients that it would take longer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes.held import NOBODY, ByPatient, Who, who, worded
from pakkeforlop.episodes.link import in_threads
from pakkeforlop.episodes.places import places_of
from pakkeforlop.episodes.rows import Engine, Linking, link_table
from pakkeforlop.indicators.compute import Figures, Sheets, contacts_of
from pakkeforlop.indicators.counted_days import MANY, CountedDays
from pakkeforlop.indicators.counts import ASKED, BELOW, MESSAGES, OPEN, STANDARD, Told
from pakkeforlop.indicators.due import Due, due_of
from pakkeforlop.indicators.ground import STEPS, Ground
from pakkeforlop.indicators.laid import Laid
from pakkeforlop.indicators.listed import NO_ENTRIES, Entries, ListedTally, ListedValues
from pakkeforlop.indicators.material import material_of
from pakkeforlop.indicators.netting import net_entries, netted, open_after, open_entries, open_rows, rows_of
from pakkeforlop.indicators.printed import (
    PERSON,
    SUB_BITS,
    Printed,
    Rows,
    Runs,
    Summed,
    Where,
    cells_of_entries,
    cells_of_values,
    in_runs,
    keys_of,
    read_keys,
    summed,
)
from pakkeforlop.indicators.tally import Rolled
from pakkeforlop.indicators.telling import WHAT, beside, table_of, whats
from pakkeforlop.indicators.units import HOSPITAL
from pakkeforlop.indicators.values import Kept, Values
from pakkeforlop.vocabulary.ordered import among, distinct

Array = npt.NDArray[Any]
Columns = dict[str, Array]

YEARS_AHEAD = 10
"""So many years after the last one there is room for."""

MOST_IN_PART, FEW = 0.1, 20_000
"""Above this share of the registrations, and this number, everything is counted whole: it is quicker."""

TIMES, COUNTS = ("n", "within", "limited", "median", "p90"), ("n", "hit")
"""What is known of a cell of times, besides where its days are counted, and of a cell of counts."""


class Tables(NamedTuple):
    """Registrations (as `link_table` reads them), patients and new cancers (`material_of`); None: no file was given.

    A row of the registrations whose `linked` is false is kept and stands in no figure.
    """

    registrations: pa.Table
    patients: pa.Table | None = None
    new_cancers: pa.Table | None = None


class NotInPart(Exception):
    """What has come cannot be counted in part."""


@dataclass(frozen=True)
class Listed:
    """What some patients give the figures: counts by figure, values of times and of delays, open instances by key."""

    counts: dict[str, Entries]
    values: list[Values]
    delays: list[Values]
    open: npt.NDArray[np.int64]
    due: Due


@dataclass(frozen=True)
class Cells:
    """Cells of times and of counts: their keys, and what they hold."""

    keys: Array
    times: Columns
    counts_keys: Array
    counts: Columns


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: how many patients were linked anew, and the cells that may have changed, as they were before.

    whole: why everything was counted whole (`place`, `years`, `many`; "" where it was not): `before` is the table of
    all figures then.
    """

    patients: int
    before: Cells | pa.Table
    whole: str = ""


class StandingFigures:
    """All figures of some registrations as of a day, kept so that they can be refreshed.

    Making them counts everything; `refresh` brings them on, `table` tells them. A refresh that is refused (ValueError)
    leaves them as they were.
    """

    ground: Ground
    registrations: ByPatient
    patients: ByPatient | None
    new_cancers: ByPatient | None
    laid: Laid
    laid_delays: Laid

    def __init__(self, engine: Engine, tables: Tables, *, as_of: int) -> None:
        """Count everything. as_of: day number."""
        self._hold(engine, tables, places_in(engine, tables), as_of)
        linking = self._link(tables, as_of)
        values, delays = Kept(), Kept()
        figures = Figures(self.ground)
        figures.times.values, figures.times.delays = values, delays
        rows = figures.add(linking.linked, material_of(linking, tables.patients, tables.new_cancers))
        spans, pathways = len(figures.times.spans), self.ground.pathways
        self._lay_out(rows_of(values.values, spans, pathways), rows_of(delays.values, 1, pathways))
        self.times, self.counts = self._printed_times(figures), self._printed_counts(figures)
        self.days = CountedDays()
        at = self.times.where(self.times.keys)
        n, p90, counted = (self.times.read(at, name) for name in ("n", "p90", "counted"))
        self._count_days(self.times.keys, n, p90, counted, at)
        self.open = summed(*open_rows(rows, as_of))
        self.due = due_of(linking, self.ground, tables.new_cancers)

    @property
    def as_of(self) -> int:
        """The day that the figures are as of."""
        return self.ground.as_of

    def table(self) -> pa.Table:
        """All figures, with the columns of indicators.csv; the rows stand in an order of their own."""
        keys, columns = self.counts.whole()
        return table_of(
            self._naming, self.width, self.times.whole(), (keys, columns | {"under": self._under(keys)})
        )  # fmt: skip

    def take(self, patients: Who) -> Tables:
        """All rows of some patients (distinct, in order)."""
        return Tables(*(None if one is None else one.take(patients) for one in self.held))

    def refresh(
        self, now: Tables, touched: pa.ChunkedArray | pa.Array, *, as_of: int, before: Tables | None = None
    ) -> Refreshed:
        """Bring the figures to what `now` says of the patients touched, as of a day that is not before the last.

        now: all rows that these patients have now (no row: they have none any more); a table that is None leaves what
        is known. touched: their ids. before: what they have had, where it has been taken up already (`take`).
        ValueError when a row is of another patient, or the day before the last one.
        """
        mine = distinct(who(touched))
        if as_of < self.as_of:
            raise ValueError("Figures cannot be brought back to an earlier day.")
        if not all(among(who(rows["patient_id"]), mine).all() for rows in now if rows is not None):
            raise ValueError("A row is of a patient who is not said to be touched.")
        due = self.due.until(as_of)
        others = distinct(due[~among(due, mine)])
        passing, mine_before = self.take(others), before or self.take(mine)
        old, new = _beside(mine_before, passing), _beside(now, passing, otherwise=mine_before)
        ground = self.ground if as_of == self.as_of else self.ground.on(as_of)
        try:
            if old.registrations.num_rows > max(FEW, MOST_IN_PART * len(self.registrations.main.table)):
                raise NotInPart("many")
            if ground.months > self.laid.months:
                raise NotInPart("years")
            was, comes = self._list(old, self.ground), self._list(new, ground)
        except NotInPart as reason:
            return self._recount(now, mine, as_of, str(reason))
        cells: dict[str, tuple[Array, Columns]] = {}

        def change(what: str) -> None:
            """Times, counts and rows are changed side by side: none of them looks at the others."""
            if what == "rows":
                self._replace(now, mine)
            elif what == "times":
                cells[what] = self._change_times(was, comes)
            else:
                cells[what] = self._change_counts(was, comes, ground)

        in_threads(change, ["times", "counts", "rows"])
        self.due = self.due.after(as_of, comes.due)
        self.ground = ground
        return Refreshed(len(mine) + len(others), Cells(*cells["times"], *cells["counts"]))

    def changes(self, done: Refreshed) -> tuple[pa.Table, pa.Table]:
        """The figures that may have changed by the last refresh, as they were before it and as they are.

        A message is a share of the registrations there: where these have changed, every message of the cell has.
        """
        was = done.before
        if not isinstance(was, Cells):
            return was, self.table()
        keys = was.counts_keys
        at, counts_at = self.times.where(was.keys), self.counts.where(keys)
        counts_now = {name: self.counts.read(counts_at, name) for name in COUNTS}
        now = Cells(was.keys, {name: self.times.read(at, name) for name in TIMES}, keys, counts_now)
        below = whats(keys) == WHAT.index(BELOW)
        low = beside(keys[below], MESSAGES)
        more = np.setdiff1d(self.counts.between(low, low + (1 << SUB_BITS)), keys)
        both, at = np.concatenate([keys, more]), self.counts.where(more)
        others = {name: self.counts.read(at, name) for name in self.counts.columns}
        found = []
        for cells in (was, now):
            columns = {name: np.concatenate([column, others[name]]) for name, column in cells.counts.items()}
            columns["under"] = self._under(both, known=(keys[below], cells.counts["n"][below]))
            there = _there(cells.keys, cells.times), _there(both, columns)
            found.append(table_of(self._naming, self.width, *there))
        return found[0], found[1]

    def settle(self) -> None:
        """Put what came since among the rest, which takes some seconds.

        Every refresh adds to what came since, and takes longer by it. Figures that are kept in files are settled when
        they are read; a process that holds them for months settles them now and then.
        """
        tables = Tables(*(None if one is None else one.whole() for one in self.held))
        anew = StandingFigures.restored(self.engine, tables, self.arrays(), self.places, as_of=self.as_of)
        self.__dict__.pop("_naming", None)
        self.__dict__.update(anew.__dict__)

    def arrays(self) -> dict[str, Array]:
        """What was counted, as arrays: with the tables and the places they are these figures again (`restored`)."""
        found = {"begin": self.days.begin, "days": self.days.counts}
        found |= {"open": self.open.keys, "open_n": self.open.added[0]}
        found |= {"due": self.due.day, "due_who": self.due.patient}
        for name, laid in (("values", self.laid), ("delays", self.laid_delays)):
            found |= {f"{name}.{column}": array for column, array in laid.rows()._asdict().items()}
        for name, printed in (("times", self.times), ("counts", self.counts)):
            keys, columns = printed.whole()
            found |= {f"{name}.keys": keys, **{f"{name}.{column}": array for column, array in columns.items()}}
        return found

    @property
    def places(self) -> list[str]:
        """The institutions that units are made of."""
        return list(self.ground.tree.places.first)

    @classmethod
    def restored(
        cls, engine: Engine, tables: Tables, arrays: Mapping[str, Array], places: Sequence[str], *, as_of: int
    ) -> StandingFigures:
        """The figures that gave these arrays, under the same engine; nothing is counted."""
        self = cls.__new__(cls)
        self._hold(engine, tables, places, as_of)
        laid = [[arrays[f"{name}.{column}"] for column in Rows._fields] for name in ("values", "delays")]
        self._lay_out(Rows(*laid[0]), Rows(*laid[1]))
        self.times, self.counts = (
            Printed(arrays[f"{name}.keys"], {column: arrays[f"{name}.{column}"] for column in columns})
            for name, columns in (("times", (*TIMES, "counted")), ("counts", COUNTS))
        )
        self.days = CountedDays(arrays["begin"], arrays["days"])
        self.open = Summed(arrays["open"], (arrays["open_n"],))
        self.due = Due(arrays["due"], arrays["due_who"])
        return self

    # --- whole --------------------------------------------------------------------------------------------------------

    def _hold(self, engine: Engine, tables: Tables, places: Sequence[str], as_of: int) -> None:
        """Keep what is counted, by patient. places: the institutions that units are made of."""
        self.engine = engine
        self.registrations = ByPatient(tables.registrations)
        self.patients = None if tables.patients is None else ByPatient(tables.patients)
        self.new_cancers = None if tables.new_cancers is None else ByPatient(tables.new_cancers)
        known = [places_of(places, engine.organisations)]
        self.ground = Ground(engine.tables, as_of, known, engine.catalogue, engine.organisations, engine.settings)

    def _lay_out(self, values: Rows, delays: Rows) -> None:
        """Keep the days that quantiles are told from."""
        spans, ground = values.days.shape[1], self.ground
        asked = (ground.together, ground.tree.ranges, ground.months + 12 * YEARS_AHEAD)
        self.laid = Laid(values, *asked, first_what=0, width=self.width)
        self.laid_delays = Laid(delays, *asked, first_what=spans, width=self.width)

    def _printed_times(self, figures: Figures) -> Printed:
        """The cells of times, and behind their spans those of delays."""
        told, delays = figures.times.told(), figures.times.told_delays()
        groups = np.array([PERSON + sex * self.width + age for sex, age in figures.times.groups_of_people], np.int64)
        parts = [(part, part.branch) for part in told.plain]
        parts += [(part, groups[part.branch]) for part in told.people]
        parts += [(part._replace(span=part.span + len(figures.times.spans)), part.branch) for part in delays]
        keys = [
            keys_of(part.pathway, part.level, part.unit, part.step, part.period, part.span, sub) for part, sub in parts
        ]
        kinds = [np.int32] * 3 + [np.float64] * 2
        columns = {
            name: np.concatenate([np.empty(0, kind), *(getattr(part, name) for part, _ in parts)])
            for name, kind in zip(TIMES, kinds, strict=True)
        }
        columns["counted"] = np.zeros(len(columns["n"]), np.int32)
        return Printed(np.concatenate([np.empty(0, np.int64), *keys]), columns)

    def _printed_counts(self, figures: Figures) -> Printed:
        """The cells of counts, and those of the registrations that messages are a share of."""
        told = figures.counts.told()
        if below := figures.counts.tallies.get(BELOW):
            rolled = Rolled(below, self.ground.tree, self.ground.together)
            asked = [(level, step) for level, step, _ in STANDARD]
            told += [Told(BELOW, ("",), *spot, rolled.cells(*spot, kinds=False)) for spot in asked]
        keys, n, hit = [np.empty(0, np.int64)], [np.empty(0, np.int32)], [np.empty(0, np.int32)]
        for key, names, level, step, cells in told:
            size = len(cells.pathway)
            sub = np.array([int(name) for name in names])[cells.kind] if key == MESSAGES else cells.kind
            levels, steps, what = (np.full(size, number) for number in (level, step, WHAT.index(key)))
            keys.append(keys_of(cells.pathway, levels, cells.unit, steps, cells.period, what, sub))
            n.append(cells.found)
            hit.append(np.zeros(size, np.int32) if cells.hits is None else cells.hits)
        return Printed(np.concatenate(keys), {"n": np.concatenate(n), "hit": np.concatenate(hit)})

    def _recount(self, now: Tables, mine: Who, as_of: int, reason: str) -> Refreshed:
        """Count everything anew; nothing of these figures is changed before it has been done."""
        held = zip(self.held, now, strict=True)
        whole = [None if one is None else one.whole(without=NOBODY if new is None else mine) for one, new in held]
        tables = Tables(*(_joined(one, new) for one, new in zip(whole, now, strict=True)))
        anew = StandingFigures(self.engine, tables, as_of=as_of)
        before = self.table()
        self.__dict__.pop("_naming", None)
        self.__dict__.update(anew.__dict__)
        return Refreshed(len(self.registrations.main.who), before, reason)

    # --- in part ------------------------------------------------------------------------------------------------------

    @property
    def held(self) -> tuple[ByPatient | None, ...]:
        """What is counted: registrations, patients, new cancers; None where no file was given."""
        return self.registrations, self.patients, self.new_cancers

    def _replace(self, now: Tables, mine: Who) -> None:
        """Let the rows told be all that the patients touched have."""
        for name, rows in now._asdict().items():
            held = getattr(self, name)
            if rows is not None and held is None:
                setattr(self, name, ByPatient(rows))
            elif rows is not None:
                held.replace(mine, rows)

    def _link(self, tables: Tables, as_of: int) -> Linking:
        rows = tables.registrations
        if "linked" in rows.column_names:
            rows = rows.filter(rows["linked"]).drop_columns("linked")
        return link_table(rows, self.engine, as_of=as_of, patients=tables.patients)

    def _list(self, tables: Tables, ground: Ground) -> Listed:
        """What some patients give the figures. NotInPart when a place is not among the units."""
        linking = self._link(tables, ground.as_of)
        places = [linking.linked.places]
        if tables.new_cancers is not None:
            places.append(contacts_of(tables.new_cancers, self.engine.organisations))
        if not all(map(ground.tree.holds, places)):
            raise NotInPart("place")
        values, delays = ListedValues(), ListedValues()

        def tally_of(_shape: Any, names: Any, **_tables: bool) -> Any:
            return ListedTally(names)

        figures = Figures(ground, sheets=Sheets(values, delays, tally_of))
        rows = figures.add(linking.linked, material_of(linking, tables.patients, tables.new_cancers))
        sheets = {key: tally for key, tally in figures.counts.tallies.items() if isinstance(tally, ListedTally)}
        counts = {key: tally.entries(numbered=key == MESSAGES) for key, tally in sheets.items() if key != OPEN}
        due = due_of(linking, ground, tables.new_cancers)
        return Listed(counts, values.parts, delays.parts, open_rows(rows, ground.as_of)[0], due)

    def _change_times(self, was: Listed, comes: Listed) -> tuple[Array, Columns]:
        """Change the cells of times; their keys, and what they held."""
        spans = len(self._naming.times.spans)
        rows = netted(was.values, comes.values, spans, self.ground.pathways)
        late = netted(was.delays, comes.delays, 1, self.ground.pathways)
        runs = in_runs(*map(np.concatenate, zip(
            cells_of_values(rows, 0, EVERY, self._naming.times.by_branch, self.ground, width=self.width),
            cells_of_values(late, spans, NO_HOSPITAL, np.zeros(1, np.bool_), self.ground, width=0),
            strict=True,
        )))  # fmt: skip
        self.laid.change(rows.rows, rows.weight)
        self.laid_delays.change(late.rows, late.weight)
        at = self.times.where(runs.keys)
        before = {name: self.times.read(at, name) for name in TIMES}
        for name, added in zip(TIMES, runs.sums()[:3], strict=False):
            self.times.write(at, name, before[name] + added)
        self._tell_quantiles(runs, at)
        return runs.keys, before

    def _change_counts(self, was: Listed, comes: Listed, ground: Ground) -> tuple[Array, Columns]:
        """Change the cells of counts; their keys, and what they held."""
        open_now = open_after(self.open, was.open, comes.open)
        changes = self._count_changes(was, comes, open_now, ground)
        at = self.counts.where(changes.keys)
        before = {name: self.counts.read(at, name) for name in COUNTS}
        for name, added in zip(COUNTS, changes.added, strict=True):
            self.counts.write(at, name, before[name] + added)
        self.open = open_now
        return changes.keys, before

    def _count_changes(self, was: Listed, comes: Listed, open_now: Summed, ground: Ground) -> Summed:
        """What is added to the cells of counts."""
        told = []
        for what, key in enumerate(WHAT):
            if key == OPEN:
                sides = open_entries(self.open, open_now, self.ground, ground)
            else:
                sides = was.counts.get(key, NO_ENTRIES), comes.counts.get(key, NO_ENTRIES)
            asked = np.zeros((4, len(STEPS)), np.int64)
            for level, step, kinds in ASKED.get(key, STANDARD):
                asked[level, STEPS.index(step)] = 2 if kinds else 1
            told.append(cells_of_entries(net_entries(*sides), what, asked, self.ground, named=key == MESSAGES))
        return summed(*map(np.concatenate, zip(*told, strict=True)))

    def _tell_quantiles(self, runs: Runs, at: Where) -> None:
        """Median and 90th percentile anew, of cells whose values have changed."""
        n, counted = self.times.read(at, "n"), self.times.read(at, "counted")
        found = self.days.change(counted, runs, n)
        beyond = np.isnan(found).any(axis=1) & (n > 0)
        rest = np.flatnonzero(beyond)
        for part, laid in self._by_rows(runs.keys[rest]):
            mine = rest[part]
            found[mine] = laid.quantiles(runs.keys[mine], n[mine])
        for name, column in zip(("median", "p90"), found.T, strict=True):
            self.times.write(at, name, column)
        self._count_days(runs.keys, n, found[:, 1], np.where(beyond, 0, counted), at)

    def _count_days(self, keys: Array, n: Array, p90: Array, counted: Array, at: Where) -> None:
        """Let the days of cells that have come to hold many values be counted. counted: the number of each cell among
        those counted, 0 for one that is not.
        """
        new = np.flatnonzero((n > MANY) & (counted == 0))
        if not len(new):
            return
        for part, laid in self._by_rows(keys[new]):
            mine = new[part]
            counted[mine], begin, days = self.days.make_room(p90[mine])
            laid.fill(keys[mine], n[mine], begin, days)
        self.times.write(at, "counted", counted)

    def _by_rows(self, keys: Array) -> list[tuple[Array, Laid]]:
        """Where the cells of times stand among some, and where those of delays; each with the rows it is told from."""
        late = read_keys(keys).what >= self.laid_delays.first_what
        return [(np.flatnonzero(~late), self.laid), (np.flatnonzero(late), self.laid_delays)]

    # --- told ---------------------------------------------------------------------------------------------------------

    @property
    def width(self) -> int:
        """How many age groups there are with those of unknown age and of all ages."""
        return len(self.engine.settings.age_groups) + 2

    @cached_property
    def _naming(self) -> Figures:
        """What names cells; nothing is counted with it."""
        return Figures(self.ground)

    def _under(self, keys: Array, known: tuple[Array, Array] | None = None) -> Array:
        """How many registrations stand in the cells of messages. known: some of those cells, and how many do there."""
        of_messages = np.flatnonzero(whats(keys) == WHAT.index(MESSAGES))
        spots, back = np.unique(beside(keys[of_messages], BELOW), return_inverse=True)
        n = self.counts.read(self.counts.where(spots), "n")
        if known is not None and len(spots):
            at = np.minimum(np.searchsorted(spots, known[0]), len(spots) - 1)
            here = np.flatnonzero(spots[at] == known[0])
            n[at[here]] = known[1][here]
        under = np.zeros(len(keys), np.int32)
        under[of_messages] = n[back]
        return under


EVERY = np.ones((4, len(STEPS)), np.int64)
"""Which cells of times are printed, by level and length of period: all but those of a hospital's month."""
EVERY[HOSPITAL, 0] = 0
NO_HOSPITAL = EVERY.copy()
"""The same of delays: hospitals have none."""
NO_HOSPITAL[HOSPITAL] = 0


def places_in(engine: Engine, tables: Tables) -> list[str]:
    """Every organisation that the catalogue knows and every institution in the tables."""
    catalogue = engine.catalogue
    names = {*catalogue.hospitals, *(trust.org_nr for trust in catalogue.trusts.values())}
    for table in (tables.registrations, tables.new_cancers):
        if table is not None:
            names |= set(pc.cast(table["institution"].unique(), pa.string()).to_pylist())
    return sorted(name for name in names if name)


def _beside(tables: Tables, others: Tables, otherwise: Tables | None = None) -> Tables:
    """The tables with those of other patients. otherwise: what stands for a table that is None."""
    instead = otherwise or tables
    return Tables(*(
        _joined(one if one is not None else known, other)
        for one, known, other in zip(tables, instead, others, strict=True)
    ))  # fmt: skip


def _joined(one: pa.Table | None, other: pa.Table | None) -> pa.Table | None:
    tables = [worded(table) for table in (one, other) if table is not None]
    return pa.concat_tables(tables, promote_options="permissive") if tables else None


def _there(keys: Array, columns: Columns) -> tuple[Array, Columns]:
    """The cells that something stands in."""
    there = columns["n"] > 0
    return keys[there], {name: column[there] for name, column in columns.items()}
