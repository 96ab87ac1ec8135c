"""Made-up figures of two years, drawn once with many faults, and what the main job finds in them."""

from __future__ import annotations

from typing import Any

import pytest

from factories.drawn import Made, made_of
from factories.figures import figures_of, random_leaves, write_figures
from pakkeforlop.exchange.generate.faults import fault_rates

CODES = ("A01", "A16", "A26", "A22", "A30", "A36", "B01", "C01")
MANY_FAULTS = 4.0


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, catalogue: Any) -> Made:
    """Eight pathways, eleven trusts, 2020 and 2021."""
    folder = tmp_path_factory.mktemp("generate")
    figures = write_figures(folder / "figures.csv", figures_of(random_leaves(21, [2020, 2021], CODES), catalogue))
    return made_of(folder / "out", figures, catalogue, seed=5, rates=fault_rates(MANY_FAULTS))
