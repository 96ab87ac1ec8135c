"""`pakkeforlop catalogue` as a person meets it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from pakkeforlop.cli.catalogue import app


def run(*arguments: str, code: int = 0):
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    return result


def test_check_is_quiet_about_a_catalogue_without_fault():
    assert run("check").stdout.startswith("Ingen feil: 31 forløp, 727 koder,")
    assert run("check", "--lang", "en").stdout.startswith("No faults: 31 pathways, 727 codes,")


def test_check_tells_every_fault_and_ends_with_11(copy):
    copy.change("pathways/a01_breast.toml", "days = 32", "days = 33")
    copy.change("units/helse_nord.toml", 'trust = "unn"', 'trust = "uun"')
    told = run("check", str(copy.folder), "--lang", "en", code=11).stderr
    assert "2 faults in the catalogue:" in told
    assert "pathways/a01_breast.toml line" in told
    assert "units/helse_nord.toml line" in told
    assert "Traceback" not in told


def test_check_as_json(copy):
    copy.change("pathways/a01_breast.toml", "days = 32", "days = 33")
    (fault,) = json.loads(run("check", str(copy.folder), "--json", code=11).stdout)["faults"]
    assert fault["file"] == "pathways/a01_breast.toml"
    assert fault["path"] == "time_limit.OF4[2]"
    assert json.loads(run("check", "--json").stdout) == {"faults": []}


def test_show_a_pathway_as_of_a_day():
    shown = run("show", "breast", "--on", "2021-04-30").stdout
    assert "A01 Brystkreft (breast), per 2021-04-30" in shown
    assert "lest i kilden" in shown
    assert "https://" in shown
    assert "Stråle" not in shown
    melanoma = run("show", "A38", "--on", "2021-04-30", "--lang", "nn").stdout
    assert "Føflekkreft" in melanoma


@pytest.mark.parametrize(("day", "days"), [("2021-04-30", 7), ("2021-05-01", 12)])
def test_show_a_pathway_as_json(day, days):
    shown = json.loads(run("show", "A01", "--on", day, "--json").stdout)
    limits = {(limit["interval"], limit["kind"]): limit for limit in shown["limits"]}
    assert limits["OF2", ""]["days"] == days
    assert limits["OF2", ""]["source"] in shown["sources"]
    assert limits["OF2", ""]["sure"]
    assert "A01CK" in shown["codes"]


def test_show_a_pathway_that_is_no_longer_in_use():
    shown = run("show", "A03", "--on", "2021-05-01", "--lang", "en").stdout
    assert "Not in use on this day." in shown
    assert "No limits in force" in shown


@pytest.mark.parametrize(
    ("arguments", "count", "column"),
    [
        (("codes", "--on", "2020-01-01"), 442 + 254, "code"),
        (("codes", "--on", "2023-01-01"), 410 + 254 + 1, "code"),
        (("codes", "A12", "--on", "2020-01-01"), 16, "code"),
        (("messages", "108"), 1, "number"),
        (("messages", "9"), 16, "number"),
        (("indicators",), 17, "key"),
        (("pathways", "--on", "2021-05-01"), 29, "code"),
        (("units", "974631776", "--on", "2019-01-31"), 1, "org_nr"),
    ],
)
def test_show_lists(arguments, count, column):
    rows = json.loads(run("show", *arguments, "--json").stdout)
    assert len(rows) == count
    assert all(row[column] for row in rows)
    assert run("show", *arguments).stdout.count("\n") >= count


def test_every_row_of_a_list_says_how_sure_it_is_and_from_where():
    for what in ("codes", "messages", "units", "indicators", "pathways"):
        rows = json.loads(run("show", what, "--on", "2020-01-01", "--json").stdout)
        assert all(row["sure"] and row["source"] for row in rows), what


def test_diff_of_two_days():
    told = run("diff", "2021-04-30", "2021-05-01").stdout
    assert "forløpstid OF2" in told
    assert "Malignt melanom" in told
    assert run("diff", "2021-05-01", "2021-05-02").stdout.startswith("Ingen endringer")
    rows = json.loads(run("diff", "2022-12-31", "2023-01-01", "thyroid", "--json").stdout)
    assert [(row["what"], row["before"], row["after"]) for row in rows] == [("inclusion", "yes", "no")]


def test_another_catalogue(copy):
    copy.change("pathways/a01_breast.toml", "Brystkreft", "Kreft i brystet")
    assert "Kreft i brystet" in run("show", "A01", "--catalogue", str(copy.folder)).stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", "A99"), "A99 er ikke kjent."),
        (("show", "A01", "--on", "1.5.2021"), "1.5.2021 er ikke en dato. Skriv år-måned-dag, som 2021-05-01."),
        (("diff", "2021-02-30", "2021-05-01"), "2021-02-30 er ikke en dato."),
        (("diff", "2021-04-30", "2021-05-01", "A99"), "A99 er ikke et forløp."),
    ],
)
def test_a_question_that_cannot_be_answered_gets_a_sentence(arguments, sentence):
    assert sentence in run(*arguments, code=2).stderr


def test_a_faulty_catalogue_is_refused_by_every_command(copy):
    copy.change("pathways/a01_breast.toml", "days = 32", "days = 33")
    for arguments in (("show", "A01"), ("diff", "2021-04-30", "2021-05-01")):
        assert "OF4 K" in run(*arguments, "--catalogue", str(copy.folder), code=11).stderr


def test_schemas_are_written(tmp_path):
    run("schema", str(tmp_path / "schema"))
    assert (tmp_path / "schema" / "pathway.json").is_file()
