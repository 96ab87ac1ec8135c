"""After which decisions a treatment is to follow; where none is, its code cannot be missing."""

from __future__ import annotations

import pytest

from pakkeforlop.episodes.tables import compile_tables
from pakkeforlop.indicators.columns import closing_decisions


@pytest.mark.parametrize(
    ("pathway", "kind", "ends"),
    [("A12", "K", False), ("A12", "A", True), ("B01", "U", False), ("B01", "K", True), ("C01", "K", True), ("D11", "P", True)],
)
def test_what_nothing_is_to_follow(catalogue, pathway, kind, ends):
    """Cancer found asks for a treatment, other disease ends; C01 and mental health have no treatment codes."""
    tables = compile_tables(catalogue, catalogue.settings)
    place = tables.pathways.index(pathway), tables.kinds.index(kind)
    assert bool(closing_decisions(tables)[place]) is ends
