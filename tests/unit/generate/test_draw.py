"""Leaves to registrations: the figures come out, the people make sense, the faults are where they were planted."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from factories.drawn import drawn, hospitals_of, monitored
from factories.figures import figures_of, random_leaves, write_figures
from factories.recount_sql import recount
from pakkeforlop.exchange.generate.days import easter, holidays
from pakkeforlop.exchange.generate.faults import USUAL, fault_rates
from pakkeforlop.publication.compare import compare
from pakkeforlop.publication.likeness.frame import frame_of
from pakkeforlop.publication.published import read_figures
from pakkeforlop.vocabulary.calendar import day_of
from pakkeforlop.vocabulary.errors import UsageFault

FILES = ("registrations.parquet", "patients.parquet", "new_cancers.parquet")
MESSAGES = {kind for kind in USUAL if kind.isdigit()}
ALSO_FROM = {"108": ("111",), "110": ("909",), "905": ("905",)}
"""A fault of the second kind gives the first message too; 905 stands on both openings."""


def hashes(folder):
    return [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES]


@pytest.fixture(scope="module")
def small(tmp_path_factory, catalogue):
    """A small figures file."""
    rows = figures_of(random_leaves(31, [2021], ("A01", "A26", "C01"), ("983974724", "983974694")), catalogue)
    return write_figures(tmp_path_factory.mktemp("small") / "figures.csv", rows)


@pytest.fixture(scope="module")
def draw(catalogue):
    return lambda folder, **asked: drawn(folder, catalogue, **asked)


# --- figures ----------------------------------------------------------------------------------------------------------


def test_the_main_job_gives_every_figure(made, catalogue):
    found = compare(made.indicators, read_figures(made.figures), frame_of(catalogue))
    equal, compared = found.all_rows
    assert compared > 400
    assert found.unequal == []
    assert equal == compared
    assert found.hidden == found.hidden_small > 0


def test_a_recount_in_sql_that_shares_no_code_gives_them_too(made, catalogue):
    found = compare(recount(made.folder, hospitals_of(catalogue)), read_figures(made.figures), frame_of(catalogue))
    assert found.unequal == []
    assert found.all_rows[0] == found.all_rows[1] > 400


# --- same seed, same bytes --------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(small, draw, tmp_path):
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        draw(tmp_path / name, figures=small, seed=seed)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    assert not set(hashes(tmp_path / "one")) & set(hashes(tmp_path / "three"))


# --- people -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def db(made):
    connection = duckdb.connect()
    for name in FILES:
        view = name.removesuffix(".parquet")
        connection.execute(f"create view {view} as from read_parquet('{made.folder / name}')").fetchall()
    connection.execute("""create view seen as
        select r.*, left(cast(code as varchar), 3) as prefix, birth_date, sex, death_date
        from (select *, row_number() over (partition by registration_id order by registered_at desc) as version
              from registrations) r left join patients using (patient_id)
        where version = 1 and event_date is not null and cast(code as varchar) not in
            ('A01F1', 'A27A', 'A99S', 'B01CM', 'A01CU', 'C01FK', 'A16', 'A12FKK')""").fetchall()
    yield connection
    connection.close()


def test_children_are_in_their_own_pathway_and_only_there(db):
    by_age = """select count(*) from seen where birth_date is not null
        and (event_date < birth_date + interval 18 year) <> (prefix = 'A30')"""
    assert db.execute(by_age).fetchall() == [(0,)]
    assert db.execute("select count(*) from seen where prefix = 'A30'").fetchall()[0][0] > 100


def test_sexes_fit_the_pathways(db):
    assert db.execute("select distinct sex from seen where prefix = 'A16' and sex is not null").fetchall() == [(1,)]
    assert db.execute("select distinct sex from seen where prefix = 'A22' and sex is not null").fetchall() == [(2,)]
    women = "select avg(cast(sex = 2 as int)) from seen where prefix = 'A01' and sex is not null"
    assert db.execute(women).fetchall()[0][0] > 0.95


def test_nobody_is_registered_after_death_or_before_birth(db):
    assert db.execute(
        "select count(*) from seen where event_date > death_date or event_date < birth_date"
    ).fetchall() == [(0,)]
    assert db.execute("select count(*) from patients where death_date is not null").fetchall()[0][0] > 10


def test_patient_ids_are_no_national_identity_numbers(db):
    ids = db.execute(
        "select min(length(patient_id)), max(length(patient_id)), bool_and(patient_id like 'P%') from patients"
    )
    assert ids.fetchall() == [(9, 9, True)]


def test_nothing_lies_after_the_last_day(db, made):
    last = db.execute("select max(event_date), max(cast(registered_at as date)) from registrations").fetchall()
    assert max(last[0]) == date.fromisoformat(made.record["as_of"])


def test_rows_stand_in_the_order_they_were_entered(made):
    registered = pq.read_table(made.folder / FILES[0], columns=["registered_at"])["registered_at"].to_pylist()
    assert registered == sorted(registered)


def test_work_is_done_on_working_days(db):
    free = "select avg(cast(isodow(event_date) > 5 as int)) from registrations where cast(code as varchar) like '%FK'"
    assert db.execute(free).fetchall()[0][0] < 0.06


def test_some_patients_are_sent_to_another_trust_and_have_several_courses(made):
    transferred = pc.sum(pc.cast(made.episodes["transferred"], "int64")).as_py()
    assert transferred > 0.03 * len(made.episodes)
    per_patient = Counter(made.episodes["patient_id"].to_pylist())
    assert sum(count > 1 for count in per_patient.values()) > 20


def test_some_courses_are_open_at_every_stage(made):
    table = made.episodes.filter(pc.equal(pc.fill_null(pc.cast(made.episodes["end"], "string"), ""), ""))
    stages = Counter(
        (seen is not None, decided is not None)
        for seen, decided in zip(
            table["first_attendance_date"].to_pylist(), table["decision_date"].to_pylist(), strict=True
        )
    )
    assert {(False, False), (True, False), (True, True)} <= set(stages)


# --- faults -----------------------------------------------------------------------------------------------------------


def test_each_planted_fault_gives_its_message_and_nothing_else_gives_one(made):
    found = Counter(str(number) for number in made.messages["message"].to_pylist())
    planted = {kind: made.record["faults"][kind]["planted"] for kind in MESSAGES}
    exact = MESSAGES - {"100", "105", "106", "906"}
    expected = {kind: planted[kind] + sum(planted[other] for other in ALSO_FROM.get(kind, ())) for kind in exact}
    assert {kind: found[kind] for kind in exact} == expected
    assert found["105"] >= planted["105"] > 0  # one for each code of a course without a start
    assert found["106"] >= planted["106"] > 0
    assert found["906"] + 1 > 0 if planted["906"] else True
    own = {"901"}  # an attendance after the decision is a negative time too
    assert set(found) - MESSAGES <= own


def test_corrections_and_withdrawals_are_read_as_such(made, db):
    ids = "select count(*) from (select registration_id from registrations group by all having count(*) > 1)"
    twice = made.record["faults"]["correction"]["planted"] + made.record["faults"]["withdrawal"]["planted"]
    assert db.execute(ids).fetchall() == [(twice,)]
    withdrawn = db.execute("select count(*) from registrations where code is null").fetchall()
    assert withdrawn == [(made.record["faults"]["withdrawal"]["planted"],)]


def test_one_kind_can_be_asked_for(small, draw, tmp_path):
    rates = fault_rates({**dict.fromkeys(USUAL, 0.0), "113": 0.1})
    record = draw(tmp_path / "out", figures=small, rates=rates)
    planted = {kind: told["planted"] for kind, told in record["faults"].items() if told["planted"]}
    assert set(planted) == {"113"}


def test_wrong_ages_are_planted_only_when_asked_for(made, draw, tmp_path):
    assert made.record["faults"]["116"]["planted"] == made.record["faults"]["117"]["planted"] == 0
    rates = fault_rates({**dict.fromkeys(USUAL, 0.0), "116": 0.002, "117": 0.004, "100": 0.003})
    record = draw(tmp_path / "out", figures=made.figures, rates=rates)
    found = Counter(str(number) for number in monitored(tmp_path / "out").messages["message"].to_pylist())
    assert set(found) == {"116", "117", "100"}
    assert all(found[kind] >= record["faults"][kind]["planted"] > 0 for kind in found)


def test_an_unknown_kind_is_refused():
    with pytest.raises(UsageFault, match="119x"):
        fault_rates({"119x": 0.1})


# --- size and time ----------------------------------------------------------------------------------------------------


def test_more_registrations_change_no_figure(small, draw, tmp_path, catalogue):
    record = draw(tmp_path / "out", figures=small, registrations=30_000)
    assert abs(record["counts"]["registrations"] - 30_000) < 1500
    found = compare(recount(tmp_path / "out", hospitals_of(catalogue)), read_figures(small), frame_of(catalogue))
    assert found.unequal == []


def test_filled_years_are_marked_and_open_courses_stand_at_the_last_day(draw, tmp_path, catalogue):
    rows = figures_of(random_leaves(41, [2018, 2020], ("A26", "A01"), ("983974724", "983974694")), catalogue)
    figures = write_figures(tmp_path / "figures.csv", rows)
    record = draw(tmp_path / "out", figures=figures, fill=True, as_of=18627 + 20)
    assert record["as_of"] == "2021-01-20"
    assert record["filled_periods"] == [
        {"from": "2019-01-01", "to": "2019-12-31", "kind": "filled"},
        {"from": "2021-01-01", "to": "2021-01-20", "kind": "filled"},
    ]
    ends = duckdb.sql(f"""select year(event_date), count(*) from '{tmp_path}/out/registrations.parquet'
        where cast(code as varchar) like '%FK' group by 1 order by 1""").fetchall()
    assert {year for year, count in ends if count > 5} >= {2018, 2019, 2020}


def test_years_between_are_marked_incomplete_when_they_are_not_filled(draw, tmp_path, catalogue):
    rows = figures_of(random_leaves(42, [2018, 2020], ("A26",), ("983974724",)), catalogue)
    record = draw(tmp_path / "out", figures=write_figures(tmp_path / "figures.csv", rows))
    assert {"from": "2019-01-01", "to": "2019-12-31", "kind": "incomplete"} in record["incomplete_periods"]


def test_the_settings_that_were_assumed_are_written_down(made, catalogue):
    assert made.record["settings"]["include_postponed"] is False
    assert made.record["settings"]["inclusion"]["days_after"] == catalogue.settings.inclusion.days_after


@pytest.mark.parametrize(
    ("year", "day"), [(2015, date(2015, 4, 5)), (2019, date(2019, 4, 21)), (2038, date(2038, 4, 25))]
)
def test_easter(year, day):
    assert easter(year) == day
    assert len(holidays(year)) == 12
    assert day_of(18262) == date(2020, 1, 1)
