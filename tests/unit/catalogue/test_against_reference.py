"""The catalogue against the reference data it was made from, fact by fact, where that is at hand."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from pakkeforlop.catalogue.limits import in_force

pytestmark = pytest.mark.reference
KINDS = {"surgery": "K", "medical": "M", "radiotherapy": "S", "surveillance": "O"}


@pytest.fixture(scope="module")
def domain(reference: Path) -> Path:
    return reference / "domain"


@pytest.fixture(scope="module")
def listed(domain: Path) -> dict[str, dict[str, str]]:
    with (domain / "codes.csv").open(encoding="utf-8", newline="") as file:
        return {row["code_pattern"]: row for row in csv.DictReader(file)}


def test_every_code_with_its_official_label_and_days(catalogue, listed):
    assert set(catalogue.codes) == set(listed)
    for code, row in listed.items():
        ours = catalogue.codes[code]
        assert ours.nb == row["meaning_no"], code
        assert str(ours.valid_from or "") == row["valid_from"], code
        assert str(ours.valid_to or "") == row["valid_to"], code


def test_every_code_is_as_sure_as_its_source(catalogue, listed):
    for code, row in listed.items():
        assert row["confidence"].startswith(catalogue.codes[code].confidence), code


def test_the_source_of_every_code_is_the_one_it_was_read_in(catalogue, listed):
    for code, row in listed.items():
        address = catalogue.sources[catalogue.codes[code].source].address
        assert row["source_url"].rstrip("/") == address.rstrip("/"), code


class Yaml:
    """The few shapes that pathways.yaml uses, read line by line: no YAML library is needed for that."""

    def __init__(self, text: str) -> None:
        body = text[text.index("\npathways:") :]
        self.pathways = {block.split("\n", 1)[0]: block for block in body.split("\n- key: ")[1:]}

    def prefix(self, key: str) -> str:
        return re.search(r"code_prefix:\n    value: (\w+)", self.pathways[key]).group(1)

    def diagnoses(self, key: str) -> list[str]:
        codes = re.search(r"  icd10:\n    codes:(?: \[\])?\n((?:    - \S+\n)*)", self.pathways[key]).group(1)
        return re.findall(r"- (\S+)", codes)

    def versions(self, key: str) -> list[dict[str, str]]:
        """One flat table per version: `of1`, `of3.surgery`, `valid_from` ..."""
        times = self.pathways[key].split("\n  times:\n", 1)[1]
        versions: list[dict[str, str]] = []
        outer = ""
        for line in times.splitlines():
            if line and not line.startswith("  "):
                break
            if line.startswith("  - valid_from: "):
                versions.append({})
                line = "    " + line[4:]
            if match := re.match(r"^    (\w+): ?(.*)$", line):
                outer = match.group(1)
                versions[-1][outer] = match.group(2)
            elif versions and (match := re.match(r"^      (\w+): (\d+)$", line)):
                versions[-1][f"{outer}.{match.group(1)}"] = match.group(2)
        return versions


@pytest.fixture(scope="module")
def yaml(domain: Path) -> Yaml:
    return Yaml((domain / "pathways.yaml").read_text(encoding="utf-8"))


def test_every_pathway_with_its_prefix_and_diagnoses(catalogue, yaml):
    cancer = [p for p in catalogue.pathways.values() if p.family != "mental_health"]
    assert {p.key: p.code for p in cancer} == {key: yaml.prefix(key) for key in yaml.pathways}
    assert {p.key: list(p.icd10) for p in cancer} == {
        key: yaml.diagnoses(key) for key in yaml.pathways
    }


def test_every_version_of_every_limit(catalogue, yaml):
    compared = 0
    for key in yaml.pathways:
        pathway = catalogue.pathway_by_key(key)
        for version in yaml.versions(key):
            day = date.fromisoformat(version["valid_from"])
            for span in ("of1", "of2"):
                assert in_force(pathway, span.upper(), on=day).days == int(version[span]), (key, span, day)
                compared += 1
            for span in ("of3", "of4"):
                theirs = {KINDS[name]: version.get(f"{span}.{name}") for name in KINDS}
                for kind, days in theirs.items():
                    ours = in_force(pathway, span.upper(), kind, on=day)
                    assert (ours and ours.days) == (int(days) if days else None), (key, span, kind, day)
                    compared += days is not None
    assert compared == 2 * 32 + 2 * 82


def test_every_organisation_number(catalogue, domain):
    text = (domain / "organisations.yaml").read_text(encoding="utf-8")
    numbers = set(re.findall(r"(?:org_nr|org_nr_in_statistics|radiotherapy_unit_code): '(\d+)'", text))
    figures = (domain / "published_figures.csv").read_text(encoding="utf-8")
    groups = set(re.findall(r",private_group,(?:\"[^\"]*\"|[^,]*),(\d+),(\d+),", figures))
    numbers |= {number for number, _ in groups}
    assert numbers - set(catalogue.units.by_number) == set()
    assert set(catalogue.units.by_number) - numbers == {"983971652"}, "the replaced number of Aker stands in a sentence"
    ids = {int(number) for number in re.findall(r"nki_location_id: (\d+)", text)} | {int(one) for _, one in groups}
    units = [catalogue.country, *catalogue.regions.values(), *catalogue.trusts.values()]
    assert {unit.statistics_id for unit in units if unit.statistics_id} == ids


def test_every_source_of_the_rules_and_every_message_number(catalogue, domain):
    text = (domain / "coding.md").read_text(encoding="utf-8")
    keys = re.findall(r"^\| (\S+) \| ", text.split("## 11. Sources")[1], re.M)
    assert set(keys) - {"Key"} - set(catalogue.sources) == set()
    numbers = {int(number) for number in re.findall(r"^\| (1\d\d) \| ", text, re.M)}
    assert numbers <= set(catalogue.messages)
    lists = set(re.findall(r"^\| (\d{4})(?: /| \|)", text.split("### 1.7")[1].split("### 1.8")[0], re.M))
    assert lists <= set(catalogue.code_lists)


def test_every_published_indicator_number(catalogue, domain):
    with (domain / "published_figures.csv").open(encoding="utf-8", newline="") as file:
        theirs = {
            (row["pathway_key"], int(row["nki_id"]))
            for row in csv.DictReader(file)
            if row["source_kind"] == "nki" and row["indicator"] == "OF4" and row["nki_id"].isdigit()
        }
    ours = {(p.key, p.figures.nki_id) for p in catalogue.pathways.values() if p.figures}
    ours.add(("all_organ_specific", catalogue.indicators["of4_share"].nki_id))
    assert theirs <= ours
