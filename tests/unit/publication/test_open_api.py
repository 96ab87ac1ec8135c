"""The open API's forms of a released figure, each checked against its schema or a reading of it by hand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from factories.released import BERGEN, COUNTRY, FORDE, PLAIN, VEST, build, with_inclusion, write_indicators
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.publication.files import csv_of, parquet_of
from pakkeforlop.publication.open_api import fhir, released
from pakkeforlop.publication.open_api.directorate import FIELDS, directorate, indicator_number, places_of
from pakkeforlop.publication.open_api.json_stat import MEASURES, json_stat
from pakkeforlop.publication.open_api.library import library
from pakkeforlop.publication.open_api.words import Words

BASE = "https://example.org/api/v1"
SMALL = f"of4_share-K-breast-{FORDE}-2021T1"
COUNTRY_YEAR = f"of4_share-all-all_organ_specific-{COUNTRY}-2021"


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(None)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("open_api")
    build(write_indicators(folder / "indicators.csv", with_inclusion(PLAIN)), folder / "releases", "first")
    return folder / "releases" / "first"


@pytest.fixture(scope="module")
def about(shelf: Path):
    return json.loads((shelf / "run.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def figures(shelf: Path):
    return {one.figure_id: one for one in library(shelf.parent).figures("first").rows}


def test_a_figure_as_json(figures, about):
    answer = released.as_json([figures[SMALL]], about)
    assert json.loads(json.dumps(answer)) == answer
    assert (answer["release"], answer["definitions"], answer["licence"]) == ("first", about["definitions"], "NLOD-2.0")
    (one,) = answer["figures"]
    assert (one["figure_id"], one["numerator"], one["denominator"], one["reason"]) == (SMALL, None, None, "primary")
    assert "withdrawn" not in answer
    assert released.as_json([], {**about, "withdrawn": "mixed up"})["withdrawn"] == "mixed up"


def test_a_figure_as_csv_and_parquet(figures):
    table = released.table_of([figures[SMALL], figures[COUNTRY_YEAR]])
    by_csv = list(csv.DictReader(io.StringIO(csv_of(table).decode())))
    assert [row["denominator"] for row in by_csv] == ["", str(sum(counts[1] for counts in PLAIN.values()))]
    assert pq.read_table(io.BytesIO(parquet_of(table)))["figure_id"].to_pylist() == [SMALL, COUNTRY_YEAR]


def test_figures_are_chosen_by_column(shelf: Path):
    found = library(shelf.parent).figures("first")
    mine = found.where(org_nr=[BERGEN], indicator="of4_share", period=["2021"], branch=[])
    assert {one.figure_id for one in mine} == {f"of4_share-{b}-{p}-{BERGEN}-2021" for b, p in [
        ("all", "breast"), ("K", "breast"), ("M", "breast"), ("all", "lung"), ("K", "lung"), ("all", "all_organ_specific"),
        ("K", "all_organ_specific"), ("M", "all_organ_specific")]}  # fmt: skip


def cell(dataset, measure, **at):
    """A value of a JSON-stat dataset read as the format says: row-major by `id` and `size`."""
    place = 0
    for name, size in zip(dataset["id"], dataset["size"], strict=True):
        index = dataset["dimension"][name]["category"]["index"]
        place = place * size + index[measure if name == "measure" else at[name]]
    return dataset["value"].get(str(place)), dataset["status"].get(str(place))


def test_json_stat_by_its_own_rules(figures, about, catalogue):
    dataset = json.loads(json.dumps(json_stat(list(figures.values()), about, Words(catalogue, "en"))))
    assert (dataset["version"], dataset["class"]) == ("2.0", "dataset")
    assert [len(dataset["dimension"][name]["category"]["index"]) for name in dataset["id"]] == dataset["size"]
    assert set(dataset["dimension"]) == set(dataset["id"])
    assert {name for names in dataset["role"].values() for name in names} <= set(dataset["id"])
    for figure in figures.values():
        at = {name: getattr(figure, name) for name in dataset["id"] if name != "measure"}
        for measure in MEASURES:
            value, sign = cell(dataset, measure, **at)
            assert value == getattr(figure, measure)
            assert value is None or sign is None
    small = {"indicator": "of4_share", "branch": "K", "pathway_key": "breast", "org_nr": FORDE, "period": "2021T1"}
    assert cell(dataset, "denominator", **small) == (None, "s:primary")
    labels = dataset["dimension"]["pathway_key"]["category"]["label"]
    assert labels == {
        "all_organ_specific": "all organ-specific cancers",
        "breast": "Breast cancer",
        "lung": "Lung cancer",
    }
    assert dataset["dimension"]["branch"]["category"]["label"]["K"] == "surgery"


JSON_STAT = {  # the parts of json-stat.org's own schema for a dataset that this API uses
    "type": "object",
    "required": ["version", "class", "id", "size", "dimension", "value"],
    "properties": {
        "version": {"const": "2.0"}, "class": {"const": "dataset"}, "updated": {"type": "string", "format": "date"},
        "id": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "size": {"type": "array", "items": {"type": "integer", "minimum": 0}},
        "role": {"type": "object", "additionalProperties": {"type": "array"}, "propertyNames": {"enum": ["time", "geo", "metric"]}},
        "value": {"type": "object", "propertyNames": {"pattern": "^[0-9]+$"}, "additionalProperties": {"type": "number"}},
        "status": {"type": "object", "propertyNames": {"pattern": "^[0-9]+$"}, "additionalProperties": {"type": "string"}},
        "dimension": {"type": "object", "additionalProperties": {
            "type": "object", "required": ["category"], "properties": {"category": {
                "type": "object", "required": ["index"], "properties": {
                    "index": {"type": "object", "additionalProperties": {"type": "integer"}},
                    "label": {"type": "object", "additionalProperties": {"type": "string"}}}}}}},
    },
}  # fmt: skip


def test_json_stat_by_schema(figures, about, catalogue):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: pip install jsonschema")
    jsonschema.validate(json_stat(list(figures.values()), about, Words(catalogue, "nb")), JSON_STAT)


def test_the_directorates_shape(figures, catalogue):
    """Fields and values as the directorate's own API gives them; the numbers are those of its list of indicators."""
    rows = directorate(figures.values(), catalogue)["AttachmentDataRows"]
    assert all(tuple(row) == FIELDS for row in rows)
    assert {row["PeriodType"] for row in rows} == {"Årlig", "Tertialvis"}
    assert {row["MeasureType"] for row in rows} == {"Antall", "%"}
    mine = [row for row in rows if (row["OrgNumber"], row["QualityIndicatorId"]) == (BERGEN, 200)]
    assert {(row["LocationId"], row["LocationParentId"], row["ParentName"]) for row in mine} == {
        (1085, 1094, "Helse Vest RHF")
    }
    whole = [
        row for row in rows if (row["OrgNumber"], row["PeriodType"], row["QualityIndicatorId"]) == (COUNTRY, "Årlig", 3)
    ]
    n, d = (sum(counts[k] for counts in PLAIN.values()) for k in (0, 1))
    plain = {
        row["MeasureType"] + row["MeasureName"][:6]: row["Value"] for row in whole if "," not in row["MeasureName"]
    }
    assert (plain["AntallAntall"], plain["AntallTotalt"]) == (str(n), str(d))
    assert float(plain["%Andel "]) == pytest.approx(100 * n / d)
    hidden = [
        row
        for row in rows
        if row["OrgNumber"] == FORDE
        and row["TimeFrom"] == "2021-01-01T00:00:00"
        and "kirurgi" in row["MeasureName"]
        and row["QualityIndicatorId"] == 200
    ]
    assert [row["Value"] for row in hidden if row["PeriodType"] == "Tertialvis"] == ["", "", ""]
    only = directorate(figures.values(), catalogue, number=205)["AttachmentDataRows"]
    assert {row["QualityIndicatorId"] for row in only} == {205}
    assert {"Pakkeforløp: Lungekreft"} == {row["QualityIndicatorName"] for row in only}


def test_the_directorates_numbers(figures, catalogue):
    assert indicator_number(figures[COUNTRY_YEAR], catalogue) == 3
    assert indicator_number(figures[SMALL], catalogue) == 200
    assert places_of(catalogue)[VEST].parent == 1404
    assert places_of(catalogue)[COUNTRY].parent is None


def test_fhir_by_hand(figures, catalogue, about):
    report = fhir.measure_report(figures[COUNTRY_YEAR], catalogue, base=BASE)
    n, d = (sum(counts[k] for counts in PLAIN.values()) for k in (0, 1))
    (group,) = report["group"]
    counts = {part["code"]["coding"][0]["code"]: part["count"] for part in group["population"]}
    assert counts == {"numerator": n, "denominator": d}
    assert group["measureScore"]["value"] == pytest.approx(100 * n / d)
    assert report["period"] == {"start": "2021-01-01", "end": "2021-12-31"}
    assert report["measure"] == f"{BASE}/fhir/Measure/of4-share|{about['definitions']}"
    masked = fhir.measure_report(figures[SMALL], catalogue, base=BASE)["group"][0]
    assert all("count" not in part for part in masked["population"])
    assert masked["population"][0]["_count"]["extension"][0]["valueCode"] == "masked"
    assert "value" not in masked["measureScore"]


def test_fhir_by_its_models(figures, catalogue, about):
    pytest.importorskip("fhir.resources", reason="fhir.resources is not installed: pip install fhir.resources")
    from fhir.resources.R4B.bundle import Bundle
    from fhir.resources.R4B.measure import Measure
    from fhir.resources.R4B.measurereport import MeasureReport

    keys = sorted({one.indicator for one in figures.values()})
    measures = [
        fhir.measure(catalogue.indicators[key], base=BASE, version=about["definitions"], released=about["released"])
        for key in keys
    ]
    reports = [fhir.measure_report(one, catalogue, base=BASE) for one in figures.values()]
    for one in measures:
        Measure.model_validate(one)
    for one in reports:
        MeasureReport.model_validate(one)
    Bundle.model_validate(fhir.bundle([*measures, *reports], base=BASE))
    assert len({one["id"] for one in reports}) == len(reports)
    assert all(len(one["id"]) <= 64 and "_" not in one["id"] for one in reports)


def test_nothing_of_the_inside_is_imported():
    """The forms are made from released numbers only."""
    import subprocess
    import sys

    program = (
        "import sys\n"
        "from pakkeforlop.publication.open_api import directorate, fhir, json_stat, released, words\n"
        "inside = ('coding', 'episodes', 'indicators', 'coordination', 'publication.disclosure', 'publication.release')\n"
        "print([name for name in sys.modules if name.startswith(tuple(f'pakkeforlop.{one}' for one in inside))])"
    )
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
        == "[]"
    )
