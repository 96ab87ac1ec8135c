"""What the interface answers: figures in every form, definitions, releases, the directorate's shape and FHIR."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from factories.released import BERGEN, COUNTRY, FORDE, PLAIN, VEST

EXTERNAL = "open-national-indicators-2015-2021"
YEAR = f"of4_share-all-all_organ_specific-{COUNTRY}-2021"
SMALL = f"of4_share-K-breast-{FORDE}-2021T1"
WITHIN, ALL = (sum(counts[at] for counts in PLAIN.values()) + 1 for at in (0, 1))


def test_a_figure_with_its_release_and_names(api):
    found = api(f"/figures/{YEAR}", lang="en").json()
    (figure,) = found["figures"]
    assert (figure["numerator"], figure["denominator"], figure["release"]) == (WITHIN, ALL, "2021")
    assert figure["percent"] == pytest.approx(100 * WITHIN / ALL)
    assert found["names"] == {
        "indicator": found["names"]["indicator"], "branch": "all", "pathway_key": "all organ-specific cancers",
    }  # fmt: skip
    assert found["release"] == "2021"
    assert found["licence"] == "NLOD-2.0"


def test_what_is_hidden_is_null_and_says_why(api):
    (figure,) = api(f"/figures/{SMALL}").json()["figures"]
    assert figure["numerator"] is figure["denominator"] is figure["percent"] is None
    assert (figure["status"], figure["reason"]) == ("suppressed", "primary")


def test_the_figures_that_stand_are_of_the_newest_own_release_and_others_for_other_years(api):
    found = api("/figures", indicator="of4_share", org_nr=COUNTRY, pathway_key="all_organ_specific", branch="all",
                period_type="year").json()  # fmt: skip
    told = {figure["period"]: (figure["numerator"], figure["denominator"], figure["release"]) for figure in found["figures"]}
    assert told == {
        "2015": (9520, 13827, EXTERNAL), "2017": (16519, 24199, EXTERNAL), "2019": (16272, 24476, EXTERNAL),
        "2021": (WITHIN, ALL, "2021"),
    }  # fmt: skip
    assert found["releases"] == [EXTERNAL, "2021"]
    there = api("/figures", release=EXTERNAL, indicator="of4_share", org_nr=COUNTRY, period="2021", branch="all",
                pathway_key="all_organ_specific").json()  # fmt: skip
    assert (there["figures"][0]["numerator"], there["external"]) == (18055, True)
    assert "garanti" in there["note"]


def test_a_withdrawn_release_says_so(api):
    assert api("/releases/wrong").json()["withdrawn"] == "Two trusts were mixed up"
    found = api("/figures", release="wrong", org_nr=BERGEN, indicator="of4_share", limit=1).json()
    assert found["withdrawn"] == "Two trusts were mixed up"
    names = [(one["name"], one["external"]) for one in api("/releases").json()["releases"]]
    assert names == [("2021", False), ("wrong", False), (EXTERNAL, True)]


def test_pages_of_figures_meet_and_do_not_overlap(api):
    asked = {"indicator": "of4_share", "release": "2021"}
    whole = api("/figures", **asked).json()
    seen, address = [], f"/figures?indicator=of4_share&release=2021&limit={whole['count'] // 3 + 1}"
    pages = 0
    while address:
        answer = api(address)
        seen += [figure["figure_id"] for figure in answer.json()["figures"]]
        after = answer.json()["next"]
        assert answer.headers.get("Link") == (f'<{after}>; rel="next"' if after else None)
        address, pages = after and after.split("/api/v1")[1], pages + 1
    assert pages == 3
    assert seen == [figure["figure_id"] for figure in whole["figures"]]
    assert len(set(seen)) == whole["count"]


def test_the_same_figures_in_csv_and_parquet(api):
    asked = {"indicator": "of4_share", "org_nr": [BERGEN, FORDE], "period": "2021", "release": "2021"}
    figures = api("/figures", **asked).json()["figures"]
    answer = api("/figures", format="csv", **asked)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="pakkeforlop-2021.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["figure_id"] for row in rows] == [figure["figure_id"] for figure in figures]
    assert [row["numerator"] for row in rows] == [str(one["numerator"] or "") for one in figures]
    table = pq.read_table(io.BytesIO(api("/figures", format="parquet", **asked).content))
    assert table.to_pylist() == figures
    by_header = api("/figures", headers={"Accept": "text/csv, */*;q=0.1"}, **asked)
    assert by_header.content == answer.content


def test_json_stat_reads_row_major(api):
    dataset = api("/figures", format="json-stat", org_nr=COUNTRY, period="2021", release="2021", lang="en").json()
    place = 0
    at = {"indicator": "of4_share", "branch": "all", "pathway_key": "all_organ_specific", "org_nr": COUNTRY,
          "period": "2021", "measure": "denominator"}  # fmt: skip
    for name, size in zip(dataset["id"], dataset["size"], strict=True):
        place = place * size + dataset["dimension"][name]["category"]["index"][at[name]]
    assert dataset["value"][str(place)] == ALL
    assert dataset["dimension"]["measure"]["category"]["label"]["percent"] == "percent"


def test_definitions_pathways_and_units(api):
    indicators = {one["key"]: one for one in api("/indicators", lang="nn").json()["indicators"]}
    assert indicators["of4_share"]["label"] == "OF4"
    assert indicators["of4_share"]["sentence"]
    assert api("/indicators/of4_share", lang="nn").json() == indicators["of4_share"]
    pathways = {one["key"]: one for one in api("/pathways").json()["pathways"]}
    assert (pathways["breast"]["code"], pathways["breast"]["nki_id"], pathways["breast"]["total"]) == ("A01", 200, False)
    assert pathways["all_organ_specific"]["total"] is True
    units = {one["org_nr"]: one for one in api("/units").json()["units"]}
    assert (units[BERGEN]["part_of"], units[VEST]["part_of"], units[COUNTRY]["part_of"]) == (VEST, COUNTRY, None)
    assert units[BERGEN]["statistics_id"] == 1085


def test_a_release_its_files_and_what_it_changed(api, shelf: Path):
    release = api("/releases/2021").json()
    assert (release["after"], release["number"], release["rule"]["fewer_than"]) == ("wrong", 3, 3)
    for file in release["files"]:
        answer = api(file["address"].split("/api/v1")[1])
        assert answer.content == (shelf / "2021" / file["name"]).read_bytes()
    assert "run.json" not in {file["name"] for file in release["files"]}
    revisions = api("/releases/2021/revisions").json()
    row = next(one for one in revisions["revisions"] if one["figure_id"] == YEAR)
    assert (row["frozen_release"], row["frozen_denominator"], row["revised_denominator"]) == ("wrong", ALL - 1, ALL)
    assert revisions["changes"]["since"] == "wrong"
    assert api(f"/releases/{EXTERNAL}/revisions").json()["revisions"] == []


def test_nothing_internal_can_be_fetched(api):
    for name in ("..%2f.internal%2f2021%2fcounts.parquet", "run.json", ".internal", "counts.parquet", "..%2frun.json"):
        assert api(f"/releases/2021/files/{name}").status_code == 404
    for name in (".internal", ".marks", "..", "2021%2f..%2f.internal"):
        assert api(f"/releases/{name}").status_code == 404


def test_the_directorates_addresses(api):
    """A list with attachments, whose address gives AttachmentDataRows; the numbers are the national indicators'."""
    listed = {one["id"]: one for one in api("/innhold/nki/kvalitetsindikatorer").json()}
    assert {"3", "159", "200", "205", "321"} <= set(listed)
    assert api("/innhold/nki/kvalitetsindikatorer/200").json() == listed["200"]
    attachment = listed["200"]["attachments"][0]
    assert (attachment["fileType"], attachment["fileName"]) == ("application/json", "200.json")
    rows = api(attachment["fileUri"].split("/api/v1")[1]).json()["AttachmentDataRows"]
    country = [row for row in rows if row["OrgNumber"] == COUNTRY and row["TimeFrom"] == "2015-01-01T00:00:00"
               and row["PeriodType"] == "Årlig" and "Totalt antall pakkeforløp" in row["MeasureName"]
               and "," not in row["MeasureName"]]  # fmt: skip
    assert [row["Value"] for row in country] == ["3274"]
    assert "-10000000" in {row["Value"] for row in rows}
    assert "" in {row["Value"] for row in rows}
    mental = api("/innhold/nki/kvalitetsindikatorer/321/data").json()["AttachmentDataRows"]
    assert {row["QualityIndicatorId"] for row in mental} == {321}


def test_fhir_resources_by_search_and_by_id(api):
    pytest.importorskip("fhir.resources", reason="fhir.resources is not installed: pip install fhir.resources")
    from fhir.resources.R4B.bundle import Bundle
    from fhir.resources.R4B.capabilitystatement import CapabilityStatement
    from fhir.resources.R4B.measure import Measure
    from fhir.resources.R4B.measurereport import MeasureReport

    answer = api("/fhir/MeasureReport", reporter=[COUNTRY, FORDE], _count=50, measure="of4_share")
    assert answer.headers["Content-Type"] == "application/fhir+json"
    bundle = answer.json()
    Bundle.model_validate(bundle)
    assert len(bundle["entry"]) == 50 < bundle["total"]
    assert {link["relation"] for link in bundle["link"]} == {"self", "next"}
    for entry in bundle["entry"][:5]:
        report = api(entry["fullUrl"].split("/api/v1")[1]).json()
        assert report == entry["resource"]
        MeasureReport.model_validate(report)
    measures = api("/fhir/Measure").json()
    Bundle.model_validate(measures)
    Measure.model_validate(api("/fhir/Measure/of4-share").json())
    assert bundle["entry"][0]["resource"]["measure"].split("|")[0] == measures["entry"][0]["resource"]["url"].replace(
        measures["entry"][0]["resource"]["id"], "of4-share"
    )
    CapabilityStatement.model_validate(api("/fhir/metadata").json())


def test_the_front_leads_everywhere(api):
    front = api("/").json()
    for name in ("openapi", "figures", "indicators", "pathways", "units", "releases", "directorate", "fhir"):
        assert api(front[name].split("/api/v1")[1]).status_code == 200


def test_the_document_lists_every_address_and_every_value(api):
    document = api("/openapi.json").json()
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: pip install jsonschema")
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    asked = {one["name"]: one["schema"] for one in document["paths"]["/figures"]["get"]["parameters"]}
    assert {"2021T1", "2019"} <= set(asked["period"]["items"]["enum"])
    assert asked["release"]["enum"] == ["current", EXTERNAL, "wrong", "2021"]
    assert json.loads(json.dumps(document)) == document
    from pakkeforlop.web.open_api.urls import ENDPOINTS

    assert set(document["paths"]) == {f"/{one.path}" for one in ENDPOINTS}
