"""The engine and the plain reading, each asked the same question."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.episodes.rows import Engine, RowsResult, link_rows
from property.strategies import History
from reference import plain
from reference.limits import read_limits
from reference.places import read_places

places = cache(read_places)
limits = cache(read_limits)


@cache
def engine(settings: frozenset[tuple[str, Any]]) -> Engine:
    """The engine under the catalogue's settings with these changes."""
    catalogue = load_catalogue()
    return Engine.of(catalogue, catalogue.settings.model_copy(update=dict(settings)))


def linked(history: History, *, compiled: bool = False, rows: list[dict[str, str]] | None = None) -> RowsResult:
    """What the engine makes of a history (or of these rows of it)."""
    ready = engine(frozenset(history.settings.items()))
    return link_rows(
        history.rows if rows is None else rows,
        catalogue=ready.catalogue,
        as_of=history.as_of,
        patients=history.patients,
        compiled=compiled,
        engine=ready,
    )


def read(history: History) -> plain.Reading:
    """What the plain reading makes of it."""
    return plain.read(
        history.rows,
        as_of=history.as_of,
        places=places(),
        limits=limits(),
        patients=history.patients,
        settings=replace(plain.Settings(), **history.settings),
    )
