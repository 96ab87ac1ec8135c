"""The packaged figures of all four years, drawn and counted again: 15,778 of 15,790 rows."""

from __future__ import annotations

import pytest

from factories.drawn import drawn, hospitals_of, monitored
from factories.recount_sql import recount
from pakkeforlop.publication.compare import by_year, compare
from pakkeforlop.publication.likeness import shipped
from pakkeforlop.publication.likeness.frame import frame_of
from pakkeforlop.publication.published import packaged_figures

pytestmark = pytest.mark.slow
EQUAL = {2015: (3307, 3307), 2017: (4096, 4108), 2019: (4194, 4194), 2021: (4181, 4181)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, catalogue):
    out = tmp_path_factory.mktemp("all_years") / "out"
    drawn(out, catalogue, seed=7)
    return out


def compared(indicators, catalogue):
    frame, figures = frame_of(catalogue), packaged_figures()
    ready = shipped.load(shipped.shipped_path(), frame, figures.sha256)
    known = {one["row_id"]: one["reason"] for one in ready.set_aside}
    return compare(indicators, figures, frame, known)


def as_published(found):
    assert by_year(found) == EQUAL
    assert found.all_rows == (15_778, 15_790)
    assert found.unexplained == []
    assert found.hidden == found.hidden_small == 2797


def test_the_main_job_gives_them(folder, catalogue):
    as_published(compared(monitored(folder).indicators, catalogue))


def test_plain_sql_gives_them(folder, catalogue):
    as_published(compared(recount(folder, hospitals_of(catalogue)), catalogue))
