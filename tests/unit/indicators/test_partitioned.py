"""A run in parts of memory gives the figures of a run in one piece, to the last cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import data
from pakkeforlop.cli.common import bytes_given
from pakkeforlop.cli.monitor import run_monitor
from pakkeforlop.review import partitioned
from pakkeforlop.review.monitoring import Sources, make_engine, start_run
from pakkeforlop.review.partitioned import LEAST_MEMORY, PartitionedRun, bucket_count
from pakkeforlop.vocabulary.calendar import day_number, day_of
from pakkeforlop.vocabulary.errors import NothingLeft, UsageFault

TODAY = day_number(day_of(20500))
ENGINE = make_engine()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Registrations with faults, a time of registration, patients and new cancers; ids as whole numbers and as text."""
    where = tmp_path_factory.mktemp("parts")
    table = pq.read_table(data.write(where, 1_500))
    draw = np.random.default_rng(4)
    count = len(table)
    day = np.asarray(table["event_date"].cast(pa.int32()))
    late = day + draw.integers(0, 40, count)
    code = np.array(table["code"].to_pylist(), object)
    code[draw.random(count) < 0.02] = "A99X"
    code[draw.random(count) < 0.02] = None
    table = table.set_column(1, "code", pa.array(code, pa.string()))
    table = table.append_column("registered_at", pa.array(late, pa.int32()).cast(pa.date32()))
    pq.write_table(table, where / "numbers.parquet", row_group_size=199)
    text = pa.array([f"p{number}" for number in table["patient_id"].to_pylist()])
    pq.write_table(table.set_column(0, "patient_id", text), where / "texts.parquet", row_group_size=199)
    ids = table["patient_id"].unique().to_pylist()[: count // 5]
    born = [day_of(int(number)) for number in draw.integers(-20000, 16000, len(ids))]
    for name, form in (("numbers", str), ("texts", lambda number: f"p{number}")):
        own = [form(number) for number in ids]
        people = pa.table({"patient_id": own, "birth_date": born, "sex": [str(n % 3) for n in range(len(own))]})
        pq.write_table(people, where / f"{name}-patients.parquet")
        places = table["institution"].to_pylist()[: len(own)]
        who = [*own[: len(own) - 40], *(f"x{n % 30}" for n in range(40))]
        first = [day_of(int(day[n * 5])) for n in range(len(own))]
        found = {"patient_id": who, "icd10": ["C50", "C34", "C61", "C18"] * (len(own) // 4) + ["C50"] * (len(own) % 4)}
        cancers = pa.table({**found, "first_contact_date": first, "institution": places})
        pq.write_table(cancers, where / f"{name}-cancers.parquet")
    return where


def plain(table: pa.Table) -> pa.Table:
    """The rows in an order of their own, texts as texts."""
    texts = [name for name in table.column_names if pa.types.is_dictionary(table[name].type)]
    for name in texts:
        table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.string()))
    keys = [*texts, *(name for name in ("period_from",) if name in table.column_names)]
    return table.combine_chunks().sort_by([(name, "ascending") for name in keys])


def whole(sources: Sources) -> pa.Table:
    return plain(start_run(sources, ENGINE, today=TODAY).indicators)


@pytest.mark.parametrize("name", ["numbers", "texts"])
def test_in_any_number_of_parts(folder: Path, tmp_path: Path, name: str):
    files = [folder / f"{name}{part}.parquet" for part in ("", "-patients", "-cancers")]
    sources = Sources([files[0]], files[1], files[2])
    wanted = whole(sources)
    told = set(wanted["indicator"].to_pylist())
    assert told >= {"inclusion_share", "registration_delay_days", "messages", "of4_share"}
    assert set(wanted["sex"].to_pylist()) == {"", "1", "2"}

    @settings(max_examples=4, deadline=None)
    @given(st.integers(1, 60))
    def same(buckets: int) -> None:
        made = PartitionedRun(sources, ENGINE, today=TODAY, buckets=buckets, folder=tmp_path).run()
        assert plain(made.indicators).equals(wanted)

    same()
    assert not list(tmp_path.iterdir())


def test_without_people_and_as_known_on_a_day(folder: Path):
    sources = Sources([folder / "numbers.parquet"])
    run = start_run(sources, ENGINE, today=TODAY, as_of=18000)
    made = PartitionedRun(sources, ENGINE, today=TODAY, as_of=18000, buckets=7).run()
    assert plain(made.indicators).equals(plain(run.indicators))
    assert (made.episodes, made.registrations) == (run.linking.linked.instances, len(run.intake.registrations))
    assert made.pieces.record()["rows"] == run.intake.for_record()["rows"]
    assert sorted(made.rejects["row"].to_pylist()) == sorted(run.intake.rejects["row"].to_pylist())


def test_several_files_and_kinds_of_file(folder: Path, tmp_path: Path):
    table = pq.read_table(folder / "numbers.parquet")
    pq.write_table(table.slice(0, 500), tmp_path / "one.parquet")
    rest = table.slice(500)
    lines = ["patient_id;code;event_date;institution;registered_at"]
    lines += [";".join(str(value or "") for value in row) for row in zip(*rest.to_pydict().values(), strict=True)]
    (tmp_path / "two.csv").write_text("\n".join(lines), encoding="utf-8")
    sources = Sources([tmp_path / "one.parquet", tmp_path / "two.csv"])
    assert plain(PartitionedRun(sources, ENGINE, today=TODAY, buckets=3).run().indicators).equals(whole(sources))


def test_corrections_give_the_same_rows(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Every fifth registration stands again, later and with the next one's code; every twentieth is withdrawn."""
    table = pq.read_table(folder / "numbers.parquet")
    table = table.append_column("registration_id", pa.array([f"r{n}" for n in range(len(table))]))
    again = table.take(pa.array(range(0, len(table), 5)))
    codes = [None if n % 4 == 3 else code for n, code in enumerate(table["code"].to_pylist()[1::5])]
    again = again.set_column(1, "code", pa.array(codes[: len(again)] + ["A01A"] * (len(again) - len(codes)), pa.string()))
    later = pa.array([day_of(20400)] * len(again))
    again = again.set_column(again.column_names.index("registered_at"), "registered_at", later)
    for name, part in (("first", table), ("again", again)):
        pq.write_table(part, tmp_path / f"{name}.parquet", row_group_size=199)
    files = [tmp_path / "first.parquet", tmp_path / "again.parquet"]
    monkeypatch.setattr(partitioned, "bucket_count", lambda *_, **__: 5)
    one = run_monitor(files, tmp_path / "one", report=False)
    parts = run_monitor(files, tmp_path / "parts", memory=LEAST_MEMORY)
    assert one["rows"] == parts["rows"]
    assert one["rows"]["superseded"] > 200
    assert one["rows"]["withdrawn"] > 50
    for name in ("messages.csv", "indicators.csv", "rejects.csv"):
        lines = [(tmp_path / run / name).read_text("utf-8").splitlines() for run in ("one", "parts")]
        assert sorted(lines[0]) == sorted(lines[1]), name
    keys = [(name, "ascending") for name in ("patient_id", "pathway", "episode")]
    episodes = [plain(pq.read_table(tmp_path / run / "episodes.parquet")).sort_by(keys) for run in ("one", "parts")]
    assert episodes[0].equals(episodes[1].select(episodes[0].column_names))


def test_more_memory_makes_fewer_parts():
    counts = [bucket_count(300_000_000, memory << 30) for memory in (1, 2, 4, 64)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 4 * counts[2] > 4
    assert bucket_count(1000, LEAST_MEMORY) == 1


def test_the_command_writes_the_same_rows(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`monitor --memory` gives the episodes, messages and figures of `monitor`; only their order may differ."""
    monkeypatch.setattr(partitioned, "bucket_count", lambda *_, **__: 5)
    given = {"patients": folder / "numbers-patients.parquet", "new_cancers": folder / "numbers-cancers.parquet"}
    one = run_monitor([folder / "numbers.parquet"], tmp_path / "one", report=False, **given)
    parts = run_monitor([folder / "numbers.parquet"], tmp_path / "parts", memory=LEAST_MEMORY, **given)
    assert {name: one["rows"][name] for name in one["rows"]} == parts["rows"]
    assert one["result"] == parts["result"]
    for name in ("messages.csv", "indicators.csv", "rejects.csv"):
        lines = [(tmp_path / run / name).read_text("utf-8").splitlines() for run in ("one", "parts")]
        assert sorted(lines[0]) == sorted(lines[1]), name
    episodes = [plain(pq.read_table(tmp_path / run / "episodes.parquet")) for run in ("one", "parts")]
    keys = [(name, "ascending") for name in ("patient_id", "pathway", "episode")]
    assert episodes[0].sort_by(keys).equals(episodes[1].select(episodes[0].column_names).sort_by(keys))
    assert not (tmp_path / "parts" / "report").exists()


def test_nothing_left_writes_what_a_run_in_one_piece_writes(tmp_path: Path):
    (tmp_path / "none.csv").write_text("patient_id,code,event_date,institution\n1,A01A,1999-01-01,974705788\n", "utf-8")
    for name, more in (("one", {}), ("parts", {"memory": LEAST_MEMORY})):
        with pytest.raises(NothingLeft):
            run_monitor([tmp_path / "none.csv"], tmp_path / name, report=False, **more)
    for name in ("messages.csv", "indicators.csv", "rejects.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()
    episodes = [pq.read_table(tmp_path / run / "episodes.parquet") for run in ("one", "parts")]
    assert episodes[0].column_names == episodes[1].column_names
    assert episodes[1].num_rows == 0


@pytest.mark.parametrize(("value", "amount"), [("4GB", 4 << 30), ("512M", 512 << 20), ("1.5GiB", 3 << 29)])
def test_memory_as_it_is_written(value: str, amount: int):
    assert bytes_given(value) == amount


@pytest.mark.parametrize("value", ["4", "4TB", "100MB", "much", "-1GB"])
def test_memory_that_is_none_is_refused(value: str):
    with pytest.raises(UsageFault):
        bytes_given(value)
