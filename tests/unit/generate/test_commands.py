"""`generate` and `indicators compare` as a person runs them."""

from __future__ import annotations

import json

import pyarrow.csv as pa_csv
import pytest
from typer.testing import CliRunner

from factories.figures import figures_of, random_leaves, write_figures
from pakkeforlop.cli.main import app


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def figures(tmp_path_factory, catalogue):
    leaves = random_leaves(51, [2019, 2021], ("A01", "A26"), ("983974724", "983974694"))
    return write_figures(tmp_path_factory.mktemp("figures") / "figures.csv", figures_of(leaves, catalogue))


def test_generate_then_monitor_then_compare(figures, tmp_path):
    made = run("generate", "--like", figures, "--out", tmp_path / "data", "--lang", "en", "--seed", 2)
    assert made.exit_code == 0, made.output
    assert "OF4 2019" in made.stdout
    assert "All patients are made up" in made.stdout
    files = [tmp_path / "data" / name for name in ("registrations.parquet", "patients.parquet", "new_cancers.parquet")]
    watched = run(
        "monitor", files[0], "--patients", files[1], "--new-cancers", files[2], "--out", tmp_path / "result", "-q", "--no-report"
    )  # fmt: skip
    assert watched.exit_code == 0, watched.output
    found = run("indicators", "compare", tmp_path / "result" / "indicators.csv", figures, "--lang", "en")
    assert found.exit_code == 0, found.output
    first = found.stdout.splitlines()[0].replace("\u2009", "")
    equal, compared = first.split(" rows")[0].split(" of ")
    assert equal == compared


@pytest.mark.parametrize("years", [["--years", "2019", "2021"], ["--years", "2019,2021"], ["--years", "2019-2021"]])
def test_years_can_be_written_in_several_ways(years):
    from pakkeforlop.cli.generate import years_given

    assert set(years_given(years[1:])) >= {2019, 2021}


def test_one_year_as_json(figures, tmp_path):
    made = run("generate", "--like", figures, "--out", tmp_path / "out", "--years", "2021", "--json")
    assert made.exit_code == 0, made.output
    record = json.loads(made.stdout)
    assert record["years"] == [2021]
    assert json.loads((tmp_path / "out" / "generate.json").read_text()) == record


def test_rows_set_aside_have_their_own_exit_code_and_the_files_are_there(figures, tmp_path):
    spoilt = tmp_path / "spoilt.csv"
    lines = figures.read_text(encoding="utf-8").splitlines()
    place = next(n for n, line in enumerate(lines) if ",HF,," in line and ",ok," in line and ",tertial," in line)
    cells = lines[place].split(",")
    cells[11], cells[12] = str(int(cells[11]) + 3), ""
    lines[place] = ",".join(cells)
    spoilt.write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = run("generate", "--like", spoilt, "--out", tmp_path / "out", "--lang", "en")
    assert made.exit_code == 16
    assert "1 rows of spoilt.csv were set aside" in made.output
    assert cells[0] in made.stdout
    aside = pa_csv.read_csv(tmp_path / "out" / "set_aside.csv").to_pylist()
    assert [row["row_id"] for row in aside] == [cells[0]]
    assert (tmp_path / "out" / "registrations.parquet").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--years", "2017"], 2, "has no figures for 2017. It has 2019, 2021."),
        (["--years", "last"], 2, "“last” is not a year"),
        (["--fault-rate", "113=often"], 2, "“113=often” is not a share"),
        (["--fault-rate", "999=0.1"], 2, "“999” is not a kind of fault"),
        (["--as-of", "2020-01-01"], 2, "--as-of: 2020-01-01 is outside 2021-12-31"),
    ],
)
def test_what_is_asked_for_wrongly_is_told(figures, tmp_path, arguments, code, told):
    made = run("generate", "--like", figures, "--out", tmp_path / "out", "--lang", "en", *arguments)
    assert made.exit_code == code
    assert told in made.output
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_no_figures_file(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    made = run("generate", "--like", path, "--out", tmp_path / "out", "--lang", "en")
    assert made.exit_code == 12
    assert "columns are missing" in made.output


def test_rows_that_differ_end_with_one(figures, tmp_path):
    made = run("generate", "--like", figures, "--out", tmp_path / "data", "-q")
    assert made.exit_code == 0
    other = tmp_path / "indicators.csv"
    other.write_text(
        "indicator,branch,kind,pathway_key,unit_level,org_nr,period_type,period_from,sex,age_group,numerator,denominator\n"
        "of4_share,all,,breast,national,900000000,year,2021-01-01,,,1,2\n",
        encoding="utf-8",
    )
    found = run("indicators", "compare", other, figures, "--lang", "en", "--unequal", tmp_path / "unequal.csv")
    assert found.exit_code == 1
    assert "rows are unequal" in found.stdout
    assert (tmp_path / "unequal.csv").is_file()
