"""Real and third-party logs of the reference data, with results that others computed.

The hospital log: van Dongen, B. (2011), Real-life event logs - Hospital log, doi:10.4121/uuid:d9769f3d.
"""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date

import pytest
from typer.testing import CliRunner

from conftest import reference_folder
from factories.logs import EXAMPLES, dated
from pakkeforlop.exchange.logs.groups import read_groups
from pakkeforlop.exchange.logs.spans import span_between, spans_by

pytestmark = pytest.mark.reference
SPANS = {"consult_to_radiotherapy": "rt_start", "consult_to_surgery": "surgery", "consult_to_any": "treat"}


@pytest.fixture(scope="module")
def hospital():
    return reference_folder() / "data" / "bpic2011-gynae-even"


@pytest.fixture(scope="module")
def expected(hospital):
    return json.loads((hospital / "expected_even.json").read_text())


@pytest.fixture
def log(example, hospital):
    return example("hospital-log.toml", hospital / "events_even.csv.gz")


def test_the_hospital_log_gives_every_expected_milestone(log, hospital, expected):
    with (hospital / "expected_milestones_even.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    keys = ("first_consult", "rt_start", "surgery", "treat")
    wanted = {(row["case_id"], key, row[key]) for row in rows for key in keys if row[key]}
    assert set(dated(log)) == wanted
    assert (log.record["cases"], log.record["events"]) == (expected["cases"], expected["events"]) == (572, 82_789)


@pytest.mark.parametrize("name", SPANS)
def test_the_times_of_the_hospital_log(log, hospital, expected, name):
    wanted = expected[name]
    span = span_between(log.milestones, "first_consult", SPANS[name])
    assert (span.both, span.out_of_order, span.same_day) == (
        wanted["both"], wanted["out_of_order"], wanted["same_day"],
    )  # fmt: skip
    found = span.statistics()
    for key, value in wanted["valid"].items():
        assert found[key] == pytest.approx(value, abs=5e-5), key
    assert {days: span.within(int(days)) for days in wanted["within"]} == wanted["within"]
    groups = read_groups(hospital / "cases_even.csv", "case_id", "diagnosis_code", {"idx": "0"})
    grouped = spans_by(log.milestones, "first_consult", SPANS[name], groups, at_least=5)
    assert {
        group: {"n": len(one.days), "median": one.statistics()["median"], "within42": one.within(42)}
        for group, one in grouped.items()
    } == wanted["by_dx_n_ge_5"]


def test_the_hospital_log_moved_into_the_cervical_pathway(example, hospital):
    """All 370 with a consultation start one, twelve years on; none of the dates is invented."""
    found = example("hospital-log-as-pathway.toml", hospital / "events_even.csv.gz")
    codes = [row["code"] for row in found.registrations.to_pylist()]
    assert {code: codes.count(code) for code in sorted(set(codes))} == {
        "A22A": 370, "A22FK": 244, "A22FS": 105, "A22S": 370,
    }  # fmt: skip
    first = min(row["event_date"] for row in found.registrations.to_pylist())
    assert first.isoformat() == "2017-01-03"


def test_the_report_of_the_hospital_log_counted_anew(hospital, tmp_path):
    """Treated in 2019 (2007 in the log): counted here from the events alone, by the mapping as a person reads it."""
    from pakkeforlop.cli.main import app

    met: dict[str, dict[str, list[date]]] = {}
    with gzip.open(hospital / "events_even.csv.gz", "rt") as stream:
        for event in csv.DictReader(stream):
            of_case = met.setdefault(event["case_id"], {"C": [], "K": [], "S": []})
            day = date.fromisoformat(event["timestamp"][:10])
            if event["activity"] in {"1e consult poliklinisch", "1e consult      bezoek"}:
                of_case["C"].append(day)
            if event["group"] == "Operating rooms":
                of_case["K"].append(day)
            if event["activity"].startswith(("teletherapie - megavolt", "brachytherapie")):
                of_case["S"].append(day)
    waits = []
    for found in met.values():
        start = min(found["C"], default=None)
        treated = min(((day, kind) for kind in "KS" for day in found[kind] if start and day >= start), default=None)
        if start and treated and treated[0].year == 2007:
            waits.append((treated[1], (moved(treated[0]) - moved(start)).days))
    counts = {kind: (sum(days <= 30 for k, days in waits if k == kind), sum(k == kind for k, _ in waits)) for kind in "KS"}
    assert counts == {"K": (58, 74), "S": (7, 9)}
    for words in (
        ["registrations", "convert", hospital / "events_even.csv.gz", "--mapping", EXAMPLES / "hospital-log-as-pathway.toml",
         "--out", tmp_path / "c"],
        ["monitor", tmp_path / "c" / "registrations.csv", "--out", tmp_path / "out"],
    ):  # fmt: skip
        assert CliRunner().invoke(app, [str(word) for word in words]).exit_code == 0
    with (tmp_path / "out" / "indicators.csv").open() as stream:
        (row,) = [
            row for row in csv.DictReader(stream)
            if (row["indicator"], row["branch"], row["pathway_key"], row["unit_level"], row["period_type"], row["period_from"])
            == ("of4_share", "all", "cervix", "national", "year", "2019-01-01") and not row["sex"] + row["age_group"] + row["kind"]
        ]  # fmt: skip
    assert (int(row["numerator"]), int(row["denominator"])) == (65, 83)
    for name, said in (("index", "65 av 83"), ("index.nn", "65 av 83"), ("index.en", "65 of 83")):
        page = (tmp_path / "out" / "report" / f"{name}.html").read_text(encoding="utf-8")
        assert said in page
    assert "Loggen er fra 2005 til 2008" in (tmp_path / "out/report/index.html").read_text(encoding="utf-8")


def moved(day: date) -> date:
    """Twelve years on."""
    return day.replace(year=day.year + 12, day=min(day.day, 28) if (day.month, day.day) == (2, 29) else day.day)


@pytest.fixture
def bundles(example):
    folder = reference_folder() / "data" / "fhir-cancer-dev"
    return example("fhir-cancer.toml", *sorted((folder / "synthetic").glob("*.json.gz")))


def test_fhir_bundles_give_every_expected_milestone(bundles):
    """Fifteen histories of thirteen patients: two have two cancers years apart."""
    with (reference_folder() / "data" / "fhir-cancer-dev" / "expected_milestones.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    keys = ("suspicion", "first_ct", "diagnosis", "staged", "treatment")
    wanted = {(f"{row['patient']}/{row['site']}", key, row[key]) for row in rows for key in keys if row[key]}
    assert set(dated(bundles)) == wanted
    assert (bundles.record["patients"], bundles.record["histories"]) == (13, 15)


def test_no_resource_is_lost_and_references_out_of_a_bundle_are_told(bundles):
    assert (bundles.record["events"], bundles.record["refused"]) == (2_435, 0)
    assert bundles.record["references_outside"] == {"Condition.encounter": 7, "MedicationRequest.reasonReference": 22}


def test_jenny_m_of_the_mcode_guide(example):
    """Sixteen days from diagnosis and 59 from mammography to the first treatment."""
    file = reference_folder() / "data" / "fhir-cancer-dev" / "mcode" / "Bundle-mcode-patient-bundle-jenny-m.json"
    found = example("fhir-mcode-breast.toml", file)
    assert {(key, day) for _, key, day in dated(found)} == {
        ("mammography", "2018-02-01"),
        ("biopsy", "2018-03-06"),
        ("diagnosis", "2018-03-16"),
        ("staged", "2018-03-16"),
        ("surgery", "2018-04-01"),
        ("chemotherapy", "2018-04-12"),
        ("radiotherapy", "2018-08-15"),
        ("endocrine", "2018-09-30"),
        ("treatment", "2018-04-01"),
    }
    assert span_between(found.milestones, "diagnosis", "treatment").days == (16,)
    assert span_between(found.milestones, "mammography", "treatment").days == (59,)


def test_every_mcode_example_is_kept(example):
    """148 files; a bundle counts its entries, any other file itself."""
    files = sorted((reference_folder() / "data" / "fhir-cancer-dev" / "mcode").glob("*.json"))
    resources = [json.loads(file.read_text()) for file in files]
    counted = sum(len(one.get("entry", [])) if one["resourceType"] == "Bundle" else 1 for one in resources)
    found = example("fhir-mcode-breast.toml", *files)
    assert (len(files), found.record["events"], found.record["refused"]) == (148, counted, 0)
