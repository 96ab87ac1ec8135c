"""The main job: registrations are checked, linked, measured and reported, in one run that can be repeated.

Every command and every nightly job goes through `read_run` and `compute_run`, so that they give the same answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.choices import chosen_settings
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.episodes.explain import Story, Teller
from pakkeforlop.episodes.rows import Engine, Linking, link_table
from pakkeforlop.exchange.csv.intake import Intake, Reading
from pakkeforlop.exchange.csv.messages import messages_file
from pakkeforlop.exchange.csv.people import read_new_cancers, read_patients
from pakkeforlop.exchange.csv.read import read_registrations
from pakkeforlop.indicators.compute import compute
from pakkeforlop.indicators.material import material_of
from pakkeforlop.vocabulary.calendar import day_number
from pakkeforlop.vocabulary.errors import UsageFault

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Sources:
    """What a run is asked to read."""

    registrations: Sequence[Path]
    patients: Path | None = None
    new_cancers: Path | None = None


@dataclass
class Run:
    """One run: what was read, what was linked, and the tables that come of it, each made when first asked for."""

    engine: Engine
    intake: Intake
    patients: Any
    new_cancers: Any
    linking: Linking
    seconds: dict[str, float] = field(default_factory=dict)

    @cached_property
    def episodes(self) -> pa.Table:
        """Instances (columns of docs/reference)."""
        return self._timed("episodes", lambda: self.linking.episodes)

    @cached_property
    def messages(self) -> pa.Table:
        """Messages by file and row (columns of docs/reference)."""
        self.linking.rows  # noqa: B018 - the episodes use it too, so it is made first
        return self._timed("messages", lambda: messages_file(self.intake, self.linking.messages, self.engine.catalogue))

    @cached_property
    def indicators(self) -> pa.Table:
        """Figures (columns of docs/reference)."""
        people = None if self.patients is None else self.patients.table
        cancers = None if self.new_cancers is None else self.new_cancers.table
        return self._timed(
            "indicators",
            lambda: compute(
                self.linking.linked,
                self.engine.catalogue,
                self.engine.organisations,
                self.engine.settings,
                material_of(self.linking, people, cancers),
            ),
        )

    @property
    def readings(self) -> dict[str, Reading]:
        """What was read, by what it is."""
        found: dict[str, Reading] = {"registrations": self.intake}
        if self.patients is not None:
            found["patients"] = self.patients
        if self.new_cancers is not None:
            found["new_cancers"] = self.new_cancers
        return found

    @cached_property
    def rejects(self) -> pa.Table:
        """Everything that was refused, with file, row, column and reason."""
        return pa.concat_tables([reading.rejects for reading in self.readings.values()], promote_options="permissive")

    def _timed(self, name: str, make: Callable[[], pa.Table]) -> pa.Table:
        begun = time.perf_counter()
        made = make()
        self.seconds[name] = round(time.perf_counter() - begun, 3)
        return made


def make_engine(catalogue: Path | None = None, settings: Path | None = None) -> Engine:
    """The engine for a catalogue folder (the product's own unless given) and a settings file."""
    loaded = load_catalogue(catalogue)
    return Engine.of(loaded, chosen_settings(loaded.settings, settings))


def start_run(
    sources: Sources, engine: Engine, *, today: int, as_of: int | None = None, progress: Progress = lambda _: None
) -> Run:
    """Read and link. today: the last day that a date can be taken seriously; as_of: what was known up to it.

    Faults of files as in `exchange.csv.read`; an intake with nothing left gives an empty run, and the caller decides.
    """
    begun = time.perf_counter()
    progress("reading")
    intake = read_registrations(
        sources.registrations,
        today=today,
        as_of=as_of,
        first_day=day_number(engine.settings.first_day),
        linked_prefixes=engine.tables.pathways,
    )
    patients = None if sources.patients is None else read_patients(sources.patients, today=today)
    cancers = None if sources.new_cancers is None else read_new_cancers(sources.new_cancers, last_day=intake.as_of)
    read = time.perf_counter()
    progress("linking")
    linking = link_table(
        intake.registrations, engine, as_of=intake.as_of, patients=None if patients is None else patients.table
    )
    linked = time.perf_counter()
    return Run(
        engine, intake, patients, cancers, linking, {"read": round(read - begun, 3), "link": round(linked - read, 3)}
    )


def patient_story(
    sources: Sources, engine: Engine, patient: str, *, today: int, as_of: int | None = None, language: str = "nb"
) -> Story:
    """One patient's pathways in words, from the same files and by the same kernel as a run.

    UsageFault when the files have no registrations for the patient.
    """
    intake = read_registrations(
        sources.registrations,
        today=today,
        as_of=as_of,
        first_day=day_number(engine.settings.first_day),
        linked_prefixes=engine.tables.pathways,
    )
    mine = pc.equal(pc.cast(intake.registrations["patient_id"], pa.string()), patient)
    table = intake.registrations.filter(mine)
    if not table.num_rows:
        raise UsageFault("no_such_patient")
    people = None if sources.patients is None else read_patients(sources.patients, today=today).table
    linking = link_table(table, engine, as_of=intake.as_of, patients=people, compiled=False)
    return Teller(linking, engine.catalogue, table, language).story()
