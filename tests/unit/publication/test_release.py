"""Releases: what is written, frozen, revised, locked, withdrawn and verified; and what is refused."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from factories.attacker import Attack, View
from factories.released import (
    AT_FORDE,
    AT_NORDFJORD,
    BERGEN,
    COUNTRY,
    FONNA,
    FORDE,
    PLAIN,
    VEST,
    build,
    record_of,
    rows_of,
    run,
    with_inclusion,
    write_indicators,
)

SMALL = ("of4_share", "breast", "K", FORDE, 2021, 0)


@pytest.fixture
def indicators(tmp_path: Path) -> Path:
    return write_indicators(tmp_path / "indicators.csv", with_inclusion(PLAIN))


@pytest.fixture
def releases(tmp_path: Path, indicators: Path) -> Path:
    build(indicators, tmp_path / "releases", "first")
    return tmp_path / "releases"


def revised(tmp_path: Path, **changes: tuple[int, int]) -> Path:
    """The file with some leaves changed: BERGEN_K_0=(30, 41)."""
    units = {"BERGEN": BERGEN, "FORDE": FORDE, "FONNA": FONNA}
    leaves = dict(PLAIN)
    for name, counts in changes.items():
        unit, branch, tertial = name.split("_")
        leaves["of4_share", "breast", branch, units[unit], 2021, int(tertial)] = counts
    return write_indicators(tmp_path / "revised.csv", with_inclusion(leaves))


def test_a_small_figure_is_hidden_and_the_large_ones_stand(releases: Path):
    rows = rows_of(releases, "first")
    small = rows[f"of4_share-K-breast-{FORDE}-2021T1"]
    assert (small["numerator"], small["denominator"], small["percent"], small["median_days"]) == ("", "", "", "")
    assert (small["status"], small["reason"]) == ("suppressed", "primary")
    country = rows[f"of4_share-all-all_organ_specific-{COUNTRY}-2021"]
    n = sum(counts[0] for counts in PLAIN.values())
    d = sum(counts[1] for counts in PLAIN.values())
    assert (country["numerator"], country["denominator"], country["status"]) == (str(n), str(d), "ok")
    days = rows[f"of4_days-K-breast-{FORDE}-2021T1"]
    assert (days["denominator"], days["reason"]) == ("", "primary"), "the days count the same three persons"


def test_every_hidden_figure_has_a_reason_and_no_shown_one(releases: Path):
    rows = rows_of(releases, "first").values()
    assert {row["status"] for row in rows} == {"ok", "partly_suppressed", "suppressed"}
    assert all(bool(row["reason"]) == (row["status"] != "ok") for row in rows)
    hidden = [row for row in rows if row["status"] == "suppressed"]
    assert all(
        not row[name] for row in hidden for name in ("numerator", "denominator", "percent", "ci_low", "p90_days")
    )


def test_csv_parquet_and_json_hold_the_same(releases: Path):
    parquet = pq.read_table(releases / "first" / "figures.parquet").to_pylist()
    whole = json.loads((releases / "first" / "figures.json").read_text(encoding="utf-8"))
    assert [dict(zip(whole["columns"], row, strict=True)) for row in whole["rows"]] == parquet
    by_csv = rows_of(releases, "first")
    assert [row["figure_id"] for row in parquet] == list(by_csv)
    assert all(str(row["numerator"] or 0) == (by_csv[row["figure_id"]]["numerator"] or "0") for row in parquet)


def test_the_record_names_versions_and_the_hash_of_each_file(releases: Path):
    record = record_of(releases, "first")
    assert {"definitions", "code", "rule", "released", "number", "after"} <= set(record)
    for name, digest in record["sha256"].items():
        assert hashlib.sha256((releases / "first" / name).read_bytes()).hexdigest() == digest
    public = {path.name for path in (releases / "first").iterdir()} - {"run.json"}
    assert public == set(record["sha256"])


def test_nothing_public_holds_the_hash_of_what_is_internal(releases: Path):
    """With all but a few counts known, a hash would tell a right guess from a wrong one."""
    public = b"".join(path.read_bytes() for path in (releases / "first").iterdir())
    inside = (releases / ".internal" / "first").iterdir()
    assert not any(hashlib.sha256(path.read_bytes()).hexdigest().encode() in public for path in inside)
    assert (releases / ".internal").stat().st_mode & 0o077 == 0


def test_same_input_same_bytes(indicators: Path, releases: Path, tmp_path: Path):
    build(indicators, tmp_path / "again", "first", "--processes", 1)
    for folder in ("first", ".internal/first"):
        for path in (releases / folder).iterdir():
            assert path.read_bytes() == (tmp_path / "again" / folder / path.name).read_bytes(), path.name


def test_several_processes_give_what_one_gives(indicators: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from pakkeforlop.publication.release import build as building

    build(indicators, tmp_path / "one", "first", "--processes", 1)
    monkeypatch.setattr(building, "ALONE_BELOW", 0)
    build(indicators, tmp_path / "two", "first", "--processes", 2)
    for folder in ("first", ".internal/first"):
        for path in (tmp_path / "one" / folder).iterdir():
            assert path.read_bytes() == (tmp_path / "two" / folder / path.name).read_bytes(), path.name


def test_a_release_is_never_written_again(indicators: Path, releases: Path):
    before = {path.name: path.stat().st_mtime_ns for path in (releases / "first").iterdir()}
    assert "exists" in build(indicators, releases, "first", code=2)
    assert {path.name: path.stat().st_mtime_ns for path in (releases / "first").iterdir()} == before


def test_verify_stands_and_falls(releases: Path, tmp_path: Path):
    assert "first: ok" in run("release", "verify", "first", "--releases", releases)
    for at, name in enumerate(("first/figures.csv", ".internal/first/counts.parquet")):
        copy = shutil.copytree(releases, tmp_path / f"copy{at}")
        (copy / name).write_bytes((copy / name).read_bytes() + b"\n")
        assert "is not what it was" in run("release", "verify", "first", "--releases", copy, code=1)
    copy = shutil.copytree(releases, tmp_path / "more")
    (copy / "first" / "secret.csv").write_text("x")
    assert "was not there" in run("release", "verify", "first", "--releases", copy, code=1)


def test_verify_looks_behind_the_hashes(releases: Path):
    """Files that fit their hashes, but show a figure that was to be hidden."""
    from pakkeforlop.publication.files import parquet_of
    from pakkeforlop.publication.release import figures, shelf

    rows = figures.read_rows((releases / "first" / "figures.parquet").read_bytes())
    opened = next(row for row in rows if row["figure_id"] == f"of4_share-K-breast-{FORDE}-2021T1")
    opened.update(numerator=2, denominator=3, status="ok", reason="")
    (releases / "first" / "figures.parquet").write_bytes(parquet_of(figures.table_of(rows)))
    record = record_of(releases, "first")
    files = {name: (releases / "first" / name).read_bytes() for name in record["sha256"]}
    (releases / "first" / "run.json").write_text(
        json.dumps({**record, "sha256": shelf.hashes(files)}), encoding="utf-8"
    )
    assert "not as decided" in run("release", "verify", "first", "--releases", releases, code=1)


def test_a_revised_figure_stands_beside_the_frozen_one(releases: Path, tmp_path: Path):
    build(revised(tmp_path, BERGEN_K_0=(31, 41)), releases, "second")
    with (releases / "second" / "revisions.csv").open(encoding="utf-8", newline="") as stream:
        revisions = {row["figure_id"]: row for row in csv.DictReader(stream)}
    row = revisions[f"of4_share-all-all_organ_specific-{COUNTRY}-2021"]
    n = sum(counts[0] for counts in PLAIN.values())
    assert (row["frozen_release"], row["frozen_numerator"], row["revised_numerator"]) == ("first", str(n), str(n + 1))
    assert f"of4_share-all-breast-{FONNA}-2021" not in revisions
    changes = json.loads((releases / "second" / "changes.json").read_text(encoding="utf-8"))
    assert changes["since"] == "first"
    assert {(one["indicator"], one["period"]) for one in changes["changed"]} >= {
        ("of4_share", "2021"),
        ("of4_share", "2021T1"),
    }
    assert not any(one["period"] == "2021T2" for one in changes["changed"])
    assert "second: ok" in run("release", "verify", "second", "--releases", releases)


def test_a_locked_year_keeps_its_figures(releases: Path, tmp_path: Path):
    run("release", "lock", 2021, "--releases", releases, "--on", "2022-04-01")
    assert "locked already" in run("release", "lock", 2021, "--releases", releases, code=2)
    build(revised(tmp_path, BERGEN_K_0=(31, 41)), releases, "second")
    before, after = rows_of(releases, "first"), rows_of(releases, "second")
    assert after == before
    with (releases / "second" / "revisions.csv").open(encoding="utf-8", newline="") as stream:
        assert all(row["locked"] == "true" for row in csv.DictReader(stream))
    assert "holds locked years" in run("release", "withdraw", "first", "--reason", "x", "--releases", releases, code=2)


def test_a_release_is_withdrawn_by_a_mark_alone(releases: Path):
    before = {path.name: path.read_bytes() for path in (releases / "first").iterdir()}
    run("release", "withdraw", "first", "--reason", "Two trusts were mixed up", "--releases", releases)
    assert {path.name: path.read_bytes() for path in (releases / "first").iterdir()} == before
    assert "Two trusts were mixed up" in run("release", "list", "--releases", releases)
    assert "withdrawn already" in run("release", "withdraw", "first", "--reason", "x", "--releases", releases, code=2)
    assert "No release that holds" in run("release", "lock", 2021, "--releases", releases, code=2)


def test_a_withdrawn_release_is_still_known_to_its_readers(releases: Path, tmp_path: Path):
    """Førde's three are hidden in both; what the first one showed may not complete the second."""
    run("release", "withdraw", "first", "--reason", "x", "--releases", releases)
    build(revised(tmp_path, FONNA_K_1=(12, 19)), releases, "second")
    first, second = rows_of(releases, "first"), rows_of(releases, "second")
    small = f"of4_share-K-breast-{FORDE}-2021T1"
    assert first[small]["denominator"] == second[small]["denominator"] == ""
    assert_not_recovered(releases, ["first", "second"])


def test_a_tertial_then_the_year(indicators: Path, tmp_path: Path):
    releases = tmp_path / "releases"
    build(indicators, releases, "2021T1", "--through", "2021-T1")
    build(indicators, releases, "2021T2", "--through", "2021T2")
    build(indicators, releases, "2021", "--through", "2021")
    assert record_of(releases, "2021T2")["periods"] == ["2021T1", "2021T2"]
    assert record_of(releases, "2021")["periods"] == ["2021", "2021T1", "2021T2", "2021T3"]
    for name in ("2021T1", "2021T2", "2021"):
        assert f"{name}: ok" in run("release", "verify", name, "--releases", releases)
    assert_not_recovered(releases, ["2021T1", "2021T2", "2021"])
    assert "lacks 2021" in build(indicators, releases, "shorter", "--through", "2021T2", code=12)


def assert_not_recovered(releases: Path, names: list[str]) -> None:
    """The attacker with nothing but the public CSV files: the same row with the same truth counts as one."""
    axes = None
    views, rows = [], [rows_of(releases, name) for name in names]
    units, pathways = (
        [COUNTRY, VEST, "883658752", BERGEN, FORDE, FONNA, "983974899"],
        ["all_organ_specific", "breast", "lung"],
    )
    periods, parts = ["2021", "2021T1", "2021T2", "2021T3"], ["all", "K", "M", "S", "O"]
    above = [(-1, 0, 0, 1, 1, 1, 2), (-1, 0, 0, 0), (-1, 0, 0, 0, 0), (-1, 0, 0)]
    for released in rows:
        seen, published = {}, set()
        shown_periods = {row["period"] for row in released.values()}
        for u, unit in enumerate(units):
            for t, period in enumerate(periods):
                for b, part in enumerate(parts):
                    for p, pathway in enumerate(pathways):
                        if period not in shown_periods:
                            continue
                        published.add((u, t, b, p))
                        row = released.get(f"of4_share-{part}-{pathway}-{unit}-{period}")
                        if row:
                            n, d = (int(row[name]) if row[name] else None for name in ("numerator", "denominator"))
                            seen[u, t, b, p] = (n, d, row["reason"])
        views.append(View([seen], [published], [True]))
    del axes
    small = (4, 1, 1, 1)
    same = [
        (one, other, 0, place, field)
        for one in range(len(views))
        for other in range(one)
        for place in views[one].rows[0]
        if place in views[other].rows[0]
        and (place[0] in {4, 6} or views[one].rows[0][place] == views[other].rows[0][place])
        for field in ("numerator", "denominator")
    ]
    attack = Attack(above, views, same)
    for number in range(len(views)):
        for field in ("denominator", "numerator", "rest"):
            assert attack.two_values(number, 0, small, field), (names[number], field)


def test_the_public_files_alone_do_not_give_it_away(releases: Path):
    assert_not_recovered(releases, ["first"])


def test_patients_of_a_trust_at_no_hospital_are_not_worked_out(tmp_path: Path):
    """Two of lung at no hospital of Førde: trust less hospitals would tell them, so something of it is hidden."""
    leaves = {key: counts for key, counts in PLAIN.items() if not (key[1] == "lung" and key[3] == FORDE)}
    for tertial, counts in enumerate([(6, 11), (7, 12), (6, 10)]):
        leaves["of4_share", "lung", "S", AT_FORDE, 2021, tertial] = counts
        leaves["of4_share", "lung", "S", AT_NORDFJORD, 2021, tertial] = counts
    leaves["of4_share", "lung", "S", FORDE, 2021, 1] = (1, 2)
    path, releases = write_indicators(tmp_path / "indicators.csv", leaves), tmp_path / "releases"
    build(path, releases, "hospitals", "--hospitals")
    rows = rows_of(releases, "hospitals")
    told = [rows[f"of4_share-S-lung-{unit}-2021T2"]["denominator"] for unit in (FORDE, AT_FORDE, AT_NORDFJORD)]
    assert "" in told
    assert "hospitals: ok" in run("release", "verify", "hospitals", "--releases", releases)
    assert "add --hospitals" in build(path, releases, "none", code=2).lower()


def test_a_hospital_that_changed_trust_may_count_more_than_its_trust(tmp_path: Path):
    """The hospital keeps a pathway that stands with the trust it belonged to before: no fault, and nothing worked out."""
    leaves = {key: counts for key, counts in PLAIN.items() if not (key[1] == "lung" and key[3] == FORDE)}
    for tertial, counts in enumerate([(6, 11), (7, 12), (6, 10)]):
        leaves["of4_share", "lung", "S", AT_FORDE, 2021, tertial] = counts
        leaves["of4_share", "lung", "S", AT_NORDFJORD, 2021, tertial] = counts
    path, releases = write_indicators(tmp_path / "indicators.csv", leaves), tmp_path / "releases"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        if row["org_nr"] == AT_FORDE and row["period_from"] == "2021-01-01":
            row.update(numerator=str(int(row["numerator"]) + 1), denominator=str(int(row["denominator"]) + 1))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    build(path, releases, "hospitals", "--hospitals")
    assert rows_of(releases, "hospitals")[f"of4_share-S-lung-{AT_FORDE}-2021T1"]["denominator"] == "12"
    assert "hospitals: ok" in run("release", "verify", "hospitals", "--releases", releases)


def broken(indicators: Path, **changes: str) -> Path:
    """The file with cells of its first of4_share row of a trust changed."""
    with indicators.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    row = next(r for r in rows if r["indicator"] == "of4_share" and r["unit_level"] == "HF" and r["branch"] == "K")
    row.update(changes)
    with indicators.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return indicators


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"numerator": "many"}, "row 1, numerator: “many”"),
        ({"denominator": "-4"}, "row 1, denominator: “-4”"),
        ({"numerator": "7.5"}, "row 1, numerator: “7.5”"),
        ({"numerator": "900"}, "900"),
        ({"period_from": "2021-02-01"}, "period_from"),
        ({"indicator": "inclusion_share", "branch": "all", "denominator": "93"}, "the same figure as in row"),
        ({"branch": "M"}, "the same figure as in row"),
    ],
)
def test_a_faulty_file_is_refused_whole(indicators: Path, tmp_path: Path, changes: dict[str, str], told: str):
    said = build(broken(indicators, **changes), tmp_path / "releases", "first", code=12)
    assert told in said
    assert not (tmp_path / "releases").exists()


def test_parts_that_are_not_the_whole_are_refused(indicators: Path, tmp_path: Path):
    """The first row of a trust left out."""
    lines = indicators.read_text(encoding="utf-8").splitlines(keepends=True)
    gone = next(n for n, line in enumerate(lines) if line.startswith("inclusion_share") and ",HF," in line)
    indicators.write_text("".join(lines[:gone] + lines[gone + 1 :]), encoding="utf-8")
    said = build(indicators, tmp_path / "releases", "first", code=12)
    assert "but the parts add up to" in said
    assert "inclusion 2021" in said


def test_counts_that_should_be_equal_are_held_to_it(indicators: Path, tmp_path: Path):
    leaves = with_inclusion(PLAIN)
    leaves["of4_days", *SMALL[1:]] = (1, 3)
    said = build(write_indicators(tmp_path / "other.csv", leaves), tmp_path / "releases", "first", code=12)
    assert "count the same persons" in said


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--name", "../out"], 2, "cannot be the name"),
        (["--name", "x", "--through", "2021T4"], 2, "is not a period"),
        (["--name", "x", "--since", "2030"], 12, "no figures"),
        (["--name", "x", "--plan", "none.toml"], 13, "none.toml"),
        (["--name", "x", "--on", "yesterday"], 2, "is not a date"),
    ],
)
def test_what_cannot_be_asked_is_told(indicators: Path, tmp_path: Path, arguments: list[str], code: int, told: str):
    assert told in run("release", "build", indicators, "--out", tmp_path / "releases", *arguments, code=code)


def test_a_plan_with_an_unknown_word_is_refused(indicators: Path, tmp_path: Path):
    (tmp_path / "plan.toml").write_text('grain = 3\n[[family]]\nname = "a"\nmembers = [["of1_days"]]\nshare = true\n')
    assert "grain" in build(indicators, tmp_path / "releases", "x", "--plan", tmp_path / "plan.toml", code=11)


def test_an_unknown_release_is_told_with_those_there_are(releases: Path):
    assert "There are: first" in run("release", "verify", "second", "--releases", releases, code=2)
    assert "no such file" in run("release", "list", "--releases", releases / "none", code=13)


def test_the_plan_has_the_grain_of_the_published_figures():
    from pakkeforlop.catalogue.load import load_catalogue
    from pakkeforlop.publication.release.plan import load_plan

    plan = load_plan()
    told = {pathway.key: pathway.figures for pathway in load_catalogue(None).pathways.values() if pathway.figures}
    assert set(plan.tertials_of) == {key for key, figures in told.items() if figures.tertials}
    assert set(plan.branches_of) == {key for key, figures in told.items() if figures.branches}
