"""Figures that stand are refreshed by what a few patients have now: worked out by hand, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.episodes.held import ByPatient, who
from pakkeforlop.episodes.rows import Engine, link_table
from pakkeforlop.indicators import counted_days
from pakkeforlop.indicators.compute import Figures, compute
from pakkeforlop.indicators.counts import Counts
from pakkeforlop.indicators.material import material_of
from pakkeforlop.indicators.standing import StandingFigures, Tables
from pakkeforlop.indicators.telling import WHAT, WITH_HITS
from pakkeforlop.vocabulary.calendar import day_number

ENGINE = Engine.of(load_catalogue())
BERGEN, STAVANGER = "974557746", "974703300"
MARCH = day_number(date(2024, 3, 1))
Row = tuple[str, str, int, str]


def course(patient: str, *, attended: int, treated: int, place: str = BERGEN, start: int = MARCH) -> list[Row]:
    """A pathway for breast cancer: started, attended after so many days, decided on that day, operated on later."""
    steps = (("A", 0), ("S", attended), ("CK", attended), ("FK", treated))
    return [(patient, f"A01{code}", start + days, place) for code, days in steps]


def tables(rows: list[Row]) -> Tables:
    """Registrations as they are read."""
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    kinds = (pa.string(), pa.string(), pa.int32(), pa.string())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return Tables(pa.table(dict(zip(("patient_id", "code", "day", "institution"), arrays, strict=True))))


def cells(table: pa.Table, **wanted: str) -> list[tuple[Any, ...]]:
    """Numerator, denominator, median and 90th percentile of the cells asked for."""
    asked = {"pathway_key": "breast", "unit_level": "national", "period_type": "year", "branch": "all", **wanted}
    return [
        (row["numerator"], row["denominator"], row["median_days"], row["p90_days"])
        for row in table.to_pylist()
        if all(row[name] == value for name, value in asked.items())
    ]


def ids(*patients: str) -> pa.Array:
    """Patients' ids."""
    return pa.array(patients, pa.string())


def test_a_median_moves_with_what_comes_and_what_is_corrected() -> None:
    """Waits of 3, 5 and 11 days to the attendance: median 5, 90th percentile 5 + 0.8 * 6. The limit is 7 days."""
    rows = [*course("1", attended=3, treated=20), *course("2", attended=5, treated=20)]
    standing = StandingFigures(ENGINE, tables([*rows, *course("3", attended=11, treated=20)]), as_of=MARCH + 100)
    assert cells(standing.table(), indicator="of1_days") == [(2, 3, 5.0, pytest.approx(9.8))]

    done = standing.refresh(tables(course("4", attended=2, treated=30)), ids("4"), as_of=MARCH + 100)
    assert (done.patients, done.whole) == (1, "")
    assert cells(standing.table(), indicator="of1_days") == [(3, 4, 4.0, pytest.approx(9.2))]
    before, after = standing.changes(done)
    assert cells(before, indicator="of1_days") == [(2, 3, 5.0, pytest.approx(9.8))]
    assert cells(after, indicator="of1_days") == [(3, 4, 4.0, pytest.approx(9.2))]

    standing.refresh(tables(course("3", attended=6, treated=20)), ids("3"), as_of=MARCH + 100)
    assert cells(standing.table(), indicator="of1_days") == [(4, 4, 4.0, pytest.approx(5.7))]


def test_a_patient_moved_to_another_hospital_leaves_the_first() -> None:
    """One of two at Haukeland is corrected to Stavanger: each trust has one, and the country two as before."""
    rows = [*course("1", attended=3, treated=20), *course("2", attended=5, treated=20)]
    standing = StandingFigures(ENGINE, tables(rows), as_of=MARCH + 100)
    of_trusts = {"indicator": "of1_days", "unit_level": "HF"}
    assert cells(standing.table(), **of_trusts) == [(2, 2, 4.0, pytest.approx(4.8))]
    standing.refresh(tables(course("2", attended=5, treated=20, place=STAVANGER)), ids("2"), as_of=MARCH + 100)
    assert sorted(cells(standing.table(), **of_trusts)) == [(1, 1, 3.0, 3.0), (1, 1, 5.0, 5.0)]
    assert cells(standing.table(), indicator="of1_days") == [(2, 2, 4.0, pytest.approx(4.8))]


def test_a_patient_without_rows_is_gone() -> None:
    """All registrations of the only patient are withdrawn: no figure is left."""
    standing = StandingFigures(ENGINE, tables(course("1", attended=3, treated=20)), as_of=MARCH + 100)
    standing.refresh(tables([]), ids("1"), as_of=MARCH + 100)
    assert standing.table().num_rows == 0


def test_a_day_alone_moves_what_waits() -> None:
    """A pathway decided on and not treated is missing its treatment after the settings' days, and open longer and longer.

    Nothing has come of the patient: the day is enough.
    """
    rows = course("1", attended=3, treated=20)[:3]
    standing = StandingFigures(ENGINE, tables(rows), as_of=MARCH + 10)
    assert cells(standing.table(), indicator="missing_treatment") == []
    bands = ENGINE.settings.open_age_bands
    wait = 3 + ENGINE.settings.missing_treatment_after_days
    standing.refresh(tables([]), ids(), as_of=MARCH + wait - 1)
    assert cells(standing.table(), indicator="missing_treatment") == []
    done = standing.refresh(tables([]), ids(), as_of=MARCH + wait)
    assert done.patients == 1
    assert cells(standing.table(), indicator="missing_treatment") == [(1, 1, None, None)]
    standing.refresh(tables([]), ids(), as_of=MARCH + bands[-1] + 1)
    told = {row["kind"] for row in standing.table().to_pylist() if row["indicator"] == "pathways_open"}
    assert told == {"", f"over_{bands[-1]}"}


def test_many_values_in_a_cell_are_counted_by_day() -> None:
    """300 waits of 1 to 300 days to treatment: one of 400 more makes the median (1 + 300) / 2 + 0.5 days."""
    start = day_number(date(2021, 1, 1))
    rows = [row for n in range(1, 301) for row in course(f"p{n}", attended=0, treated=n, start=start)]
    standing = StandingFigures(ENGINE, tables(rows), as_of=start + 800)
    assert len(standing.days.begin) > 1
    assert counted_days.MANY < 300
    wanted = {"indicator": "of3_days", "period_type": "year", "unit_level": "national"}
    first = cells(standing.table(), **wanted)
    assert [cell[1:3] for cell in first] == [(300, 150.5)]
    standing.refresh(tables(course("q", attended=0, treated=301, start=start)), ids("q"), as_of=start + 800)
    assert [cell[1:] for cell in cells(standing.table(), **wanted)] == [(301, 151.0, pytest.approx(271.0))]
    standing.refresh(tables([]), ids("q", "p300", "p299"), as_of=start + 800)
    assert [cell[1:] for cell in cells(standing.table(), **wanted)] == [(298, 149.5, pytest.approx(268.3))]


def test_a_quantile_beyond_the_counted_days_is_told_from_the_rows() -> None:
    """300 waits of 1 day are counted up to some days; 300 more of 200 days lie beyond, and the 90th percentile there."""
    start = day_number(date(2021, 1, 1))
    rows = [row for n in range(300) for row in course(f"p{n}", attended=0, treated=1, start=start)]
    standing = StandingFigures(ENGINE, tables(rows), as_of=start + 330)
    more = [f"q{n}" for n in range(300)]
    now = tables([row for one in more for row in course(one, attended=0, treated=200, start=start)])
    standing.refresh(now, ids(*more), as_of=start + 330)
    assert [cell[1:] for cell in cells(standing.table(), indicator="of3_days")] == [(600, 100.5, 200.0)]


def test_an_unknown_institution_is_counted_whole_once() -> None:
    """A place that nobody has seen makes the units anew; the second time it is one of them."""
    standing = StandingFigures(ENGINE, tables(course("1", attended=3, treated=20)), as_of=MARCH + 100)
    done = standing.refresh(tables(course("2", attended=5, treated=20, place="123")), ids("2"), as_of=MARCH + 100)
    assert done.whole == "place"
    assert cells(standing.table(), indicator="of1_days") == [(2, 2, 4.0, pytest.approx(4.8))]
    before, after = standing.changes(done)
    assert [cells(one, indicator="of1_days")[0][1] for one in (before, after)] == [1, 2]
    done = standing.refresh(tables(course("3", attended=5, treated=20, place="123")), ids("3"), as_of=MARCH + 100)
    assert not done.whole


def test_the_years_ahead_have_an_end() -> None:
    """Eleven years on everything is counted whole; nothing is lost."""
    standing = StandingFigures(ENGINE, tables(course("1", attended=3, treated=20)), as_of=MARCH + 100)
    done = standing.refresh(tables([]), ids(), as_of=MARCH + 4100)
    assert done.whole == "years"
    assert cells(standing.table(), indicator="of1_days") == [(1, 1, 3.0, 3.0)]


def test_many_at_once_are_counted_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above a tenth of the registrations a whole count is quicker, and gives the same."""
    monkeypatch.setattr("pakkeforlop.indicators.standing.FEW", 3)
    rows = [*course("1", attended=3, treated=20), *course("2", attended=5, treated=20)]
    standing = StandingFigures(ENGINE, tables(rows), as_of=MARCH + 100)
    done = standing.refresh(tables(course("2", attended=1, treated=20)), ids("2"), as_of=MARCH + 100)
    assert done.whole == "many"
    assert cells(standing.table(), indicator="of1_days") == [(2, 2, 2.0, pytest.approx(2.8))]


@pytest.mark.parametrize(
    ("rows", "touched", "as_of"),
    [
        (course("2", attended=5, treated=20), ids("1"), MARCH + 100),
        (course("1", attended=5, treated=20), ids("1"), MARCH + 99),
    ],
)
def test_what_is_refused_leaves_the_figures(rows: list[Row], touched: pa.Array, as_of: int) -> None:
    """A row of a patient who is not touched; a day before the last one."""
    standing = StandingFigures(ENGINE, tables(course("1", attended=3, treated=20)), as_of=MARCH + 100)
    with pytest.raises(ValueError, match=r"patient|earlier"):
        standing.refresh(tables(rows), touched, as_of=as_of)
    assert cells(standing.table(), indicator="of1_days") == [(1, 1, 3.0, 3.0)]


def test_a_time_that_has_no_limit_has_no_percent_after_a_refresh_either() -> None:
    """As in a whole run: nothing that is counted has a limit, so nothing can be within."""
    measuring = ENGINE.tables.measuring
    limits = measuring.limits.copy().reshape(len(ENGINE.tables.pathways), -1, len(ENGINE.tables.spans), measuring.kinds)
    limits[ENGINE.tables.pathways.index("A01"), :, ENGINE.tables.spans.index("of1")] = -1
    without = replace(ENGINE.tables, measuring=replace(measuring, limits=limits.ravel()))
    standing = StandingFigures(replace(ENGINE, tables=without), tables(course("1", attended=3, treated=20)), as_of=MARCH + 99)
    standing.refresh(tables(course("2", attended=5, treated=20)), ids("2"), as_of=MARCH + 99)
    told = [row for row in standing.table().to_pylist() if row["indicator"] == "of1_days"]
    assert {row["status"] for row in told if row["pathway_key"] == "breast"} == {"no_limit"}
    assert {row["percent"] for row in told if row["pathway_key"] == "breast"} == {None}


def test_numbers_and_texts_are_told_apart_by_themselves() -> None:
    """Ids that are whole numbers stand for themselves; texts by a hash that differs for different texts."""
    assert who(pa.array([3, -1])).tolist() == [3, 2**64 - 1]
    assert len({*who(pa.chunked_array([["a", "b"], ["ab"]])).tolist()}) == 3


def test_rows_by_patient_are_replaced_and_the_others_left() -> None:
    """Two rows of b become one, c comes, a stays; taken, whole, and without some."""
    held = ByPatient(pa.table({"patient_id": ["b", "a", "b"], "code": pa.array(["1", "2", "3"]).dictionary_encode()}))
    touched = np.unique(who(ids("b", "c")))
    held.replace(touched, pa.table({"patient_id": ["c", "b"], "code": ["4", "5"]}))
    assert sorted(held.whole()["code"].to_pylist()) == ["2", "4", "5"]
    assert sorted(held.take(touched)["code"].to_pylist()) == ["4", "5"]
    assert held.take(np.unique(who(ids("a", "x"))))["code"].to_pylist() == ["2"]
    assert held.whole(without=touched)["code"].to_pylist() == ["2"]


def test_rows_replaced_every_day_stand_as_they_were_put_last() -> None:
    """Eight patients and sixty days: each day three get rows, named by the day, and now and then one loses all."""
    held = ByPatient(pa.table({"patient_id": [*range(8)], "code": pa.array(["first"] * 8).dictionary_encode()}))
    stands = {patient: ["first"] for patient in range(8)}
    for day in range(60):
        touched = np.unique([day % 8, (day * 3) % 8, (day * 5 + 1) % 8])
        given = {int(patient): [] if (day + patient) % 7 == 0 else [f"{day}"] * (1 + day % 2) for patient in touched}
        rows = [(patient, code) for patient, codes in given.items() for code in codes]
        columns = {"patient_id": pa.array([row[0] for row in rows], pa.int64()), "code": [row[1] for row in rows]}
        held.replace(touched.astype(np.uint64), pa.table(columns, pa.schema([("patient_id", "int64"), ("code", "string")])))
        stands |= given
        asked = np.arange(day % 8, 8, dtype=np.uint64)
        told = held.take(asked).to_pylist()
        assert sorted((row["patient_id"], row["code"]) for row in told) == [
            (patient, code) for patient in asked.tolist() for code in stands[patient]
        ]
    assert held.whole().num_rows == sum(map(len, stands.values()))
    assert held.whole(without=np.array([0, 5], np.uint64)).num_rows == sum(len(stands[p]) for p in (1, 2, 3, 4, 6, 7))


def test_every_figure_of_counts_has_its_number() -> None:
    """What a whole run counts is what a refresh knows, and those that are a share are those that hit."""
    given = tables(course("1", attended=3, treated=20))
    linking = link_table(given.registrations, ENGINE, as_of=MARCH + 99)
    figures = Figures(StandingFigures(ENGINE, given, as_of=MARCH + 99).ground)
    figures.add(linking.linked, material_of(linking, None, None))
    counts: Counts = figures.counts
    assert set(counts.tallies) <= set(WHAT)
    assert {key for key, tally in counts.tallies.items() if len(tally.hits)} == set(WITH_HITS) - {"inclusion_share"}
    table = compute(linking.linked, ENGINE.catalogue, ENGINE.organisations, ENGINE.settings, material_of(linking, None, None))
    assert table.num_rows == StandingFigures(ENGINE, given, as_of=MARCH + 99).table().num_rows


def test_what_is_kept_is_the_same_figures_again() -> None:
    """Arrays and tables give the same table, and go on being refreshed in the same way."""
    start = day_number(date(2021, 1, 1))
    rows = [row for n in range(1, 301) for row in course(f"p{n}", attended=0, treated=n, start=start)]
    standing = StandingFigures(ENGINE, tables(rows), as_of=start + 800)
    standing.refresh(tables(course("q", attended=0, treated=301, start=start)), ids("q"), as_of=start + 801)
    held = Tables(standing.registrations.whole())
    again = StandingFigures.restored(ENGINE, held, standing.arrays(), standing.places, as_of=standing.as_of)
    for one in (standing, again):
        one.refresh(tables([]), ids("q", "p300", "p299"), as_of=start + 900)
    assert again.table().equals(standing.table())
    assert [cell[1:] for cell in cells(again.table(), indicator="of3_days")] == [(298, 149.5, pytest.approx(268.3))]


def test_settled_figures_are_the_same_and_nothing_stands_apart() -> None:
    """After some refreshes everything is put together; the figures are as before, and go on."""
    standing = StandingFigures(ENGINE, tables(course("1", attended=3, treated=20)), as_of=MARCH + 100)
    for n, days in (("2", 5), ("3", 11)):
        standing.refresh(tables(course(n, attended=days, treated=20)), ids(n), as_of=MARCH + 100)
    before = standing.table()
    assert len(standing.times.since_keys) + len(standing.laid.since.place) > 0
    standing.settle()
    assert len(standing.times.since_keys) + len(standing.laid.since.place) == 0
    assert standing.table().equals(before)
    standing.refresh(tables([]), ids("1"), as_of=MARCH + 100)
    assert cells(standing.table(), indicator="of1_days") == [(1, 2, 8.0, pytest.approx(10.4))]
