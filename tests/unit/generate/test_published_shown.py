"""Published figures are shown as they stand; those of mental health and substance use are not dropped."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from typer.testing import CliRunner

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.cli.main import app
from pakkeforlop.publication.published import packaged_figures
from pakkeforlop.publication.shown import texts


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["indicators", "published", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_every_indicator_of_the_file_is_listed_with_all_its_rows():
    listed = {row["indicator"]: row["rows"] for row in json.loads(run("--json"))}
    assert listed == Counter(row.indicator for row in packaged_figures().rows)
    assert sum(count for label, count in listed.items() if label.startswith("MH_")) == 1062


def test_the_work_up_of_the_country_as_published():
    """2021, the whole year, evaluation in substance use: 2275 of 5546, 41 percent."""
    told = run("--indicator", "MH_EVAL_TSB_POL", "--unit", "900000000", "--period", "year", "--lang", "en")
    (line,) = [line for line in told.splitlines() if "F34311" in line]
    assert line.split()[-2:] == ["2275/5546", "41"]
    assert "So they are not held against each other row by row." in told


def test_what_is_suppressed_is_told_so():
    rows = json.loads(run("--indicator", "MH_", "--json"))
    status = Counter(row["status"] for row in rows)
    assert status == {"ok": 1011, "partly_suppressed": 46, "suppressed": 5}
    assert "delvis skjult" in run("--indicator", "MH_")
    assert "Fila har ingen rader med MH_NOTHING." in run("--indicator", "MH_NOTHING", "--lang", "nn")


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_indicator_has_a_name_in_each_language(language):
    catalogue = load_catalogue()
    for label in {row.indicator for row in packaged_figures().rows if row.indicator[:2] in {"MH", "OA", "OF"}}:
        assert texts()["indicator"][label][language] != label
    for known in texts()["indicator"].values():
        assert known.get("ours", "of4_share") in catalogue.indicators
        assert not known.get("pathway") or catalogue.pathway_by_key(known["pathway"])
