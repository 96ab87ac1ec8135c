"""A family without a share over the whole: its times are told one by one, and nothing is said of treatment."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pakkeforlop.cli.main import app

HEADER = "patient_id,code,event_date,institution\n"


def course(patient: str, decided: str, evaluated: str) -> str:
    days = {"A": "2024-01-08", "M": "2024-01-10", "CT": decided, "E": evaluated, "XG": "2024-06-03"}
    return "".join(f"{patient},D01{suffix},{day},974557746\n" for suffix, day in days.items())


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """M to C: 10, 21, 22 and 30 days; C to E: 5, 7, 8 and 10 days."""
    folder = tmp_path_factory.mktemp("substance_use")
    rows = [("p1", "01-20", "01-25"), ("p2", "01-31", "02-07"), ("p3", "02-01", "02-09"), ("p4", "02-09", "02-19")]
    text = HEADER + "".join(course(p, f"2024-{decided}", f"2024-{evaluated}") for p, decided, evaluated in rows)
    (folder / "in.csv").write_text(text, encoding="utf-8")
    arguments = ["monitor", str(folder / "in.csv"), "--out", str(folder / "out"), "--as-of", "2024-12-31", "-q"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return folder / "out" / "report"


def words(page: Path) -> str:
    text = re.sub(r"<(style|svg).*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).replace("\u00a0", " ")


def test_the_answer_is_how_many_ended(report: Path):
    assert "Substance use treatment: 4 pathways ended in 2024" in words(report / "index.en.html")
    assert "The pathway has no share over the whole." in words(report / "index.en.html")
    told = words(report / "index.html")
    assert "avsluttet med behandling i 2024" not in told.split("Definisjoner")[0]


def test_times_one_by_one_as_counted_by_hand(report: Path):
    """2 of 4 within 21 days, median 21.5, nine of ten within 27.6; 2 of 4 within 7 days, median 7.5, 9.4."""
    told = words(report / "index.en.html")
    assert re.search(r"From first attendance to clinical decision M–C 4 21 days 50.0 % 21.5 28 ", told), told[:3000]
    assert re.search(r"From clinical decision to first evaluation C–E 4 7 days 50.0 % 7.5 10 ", told)


def test_in_three_languages(report: Path):
    assert "Tidene hver for seg" in words(report / "index.html")
    assert "Tidene kvar for seg" in words(report / "index.nn.html")
