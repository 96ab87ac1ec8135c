"""`pakkeforlop import`: what is new, changed, the same and refused; as often as one likes; as the main job counts."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pakkeforlop.coding.models import ImportBatch, Patient, Registration
from pakkeforlop.coding.queries import current, history
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.episodes.models import Episode

BERGEN = "974557746"
HEAD = "patient_id;code;event_date;institution;registration_id;registered_at\n"
Import = Callable[..., list[dict[str, Any]]]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """Runs the command in this process and gives what it prints as JSON."""
    from pakkeforlop.cli import application
    from pakkeforlop.cli.main import app

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(application, "_bring_up_to_date", lambda home: None)
    monkeypatch.setenv("PAKKEFORLOP_HOME", str(tmp_path / "store"))

    def run(*arguments: str, code: int = 0, **files: str) -> Any:
        for name, text in files.items():
            Path(f"{name}.csv").write_text(text, encoding="utf-8")
        result = CliRunner().invoke(app, ["import", *arguments, "--json"])
        assert result.exit_code == code, result.output
        return json.loads(result.stdout) if code == 0 else result.output

    return run


def counts(told: dict[str, Any]) -> tuple[int, ...]:
    return tuple(told[name] for name in ("rows", "new", "changed", "same", "refused", "later"))


CODES = HEAD + (
    f"p1;A26A;2024-03-04T08:15;{BERGEN};1;2024-03-04 09:00\n"
    f"p1;A26S;2024-03-08;{BERGEN};2;2024-03-08 09:00\n"
    f"p1;A26S;2024-03-09;{BERGEN};2;2024-03-09 09:00\n"
    f"p2;A01A;2099-01-01;{BERGEN};4;\n"
    f";A01A;2024-01-01;{BERGEN};5;\n"
    f"p3;A16A;2024-01-01;{BERGEN};;\n"
    f"p3;A16A;2024-02-01;{BERGEN};9;2024-08-04 09:00\n"
)


def test_new_changed_refused_and_later(load: Import):
    (told,) = load("codes.csv", codes=CODES)
    assert counts(told) == (7, 3, 1, 0, 2, 1)
    p1 = Patient.objects.get(source_id="p1")
    assert [(row.code, str(row.event_date), row.event_time) for row in current(p1, as_of=_today())] == [
        ("A26A", "2024-03-04", "08:15"), ("A26S", "2024-03-09", ""),
    ]  # fmt: skip
    assert [row.version for row in history(p1)["2"]] == [1, 2]
    assert Episode.objects.get(patient=p1).of1_days == 5
    assert WorklistRow.objects.filter(closed=False).count() == 2


def test_a_second_load_changes_nothing(load: Import):
    load("codes.csv", codes=CODES)
    before = list(Registration.objects.order_by("pk").values())
    (told,) = load("codes.csv")
    assert counts(told) == (7, 0, 0, 4, 2, 1)
    assert list(Registration.objects.order_by("pk").values()) == before


def test_the_order_of_files_does_not_matter(load: Import):
    one = HEAD + f"p1;A26A;2024-03-04;{BERGEN};1;2024-03-04 09:00\n"
    two = HEAD + f"p1;A26A;2024-03-01;{BERGEN};1;2024-03-05 09:00\n"
    load("two.csv", two=two)
    (told,) = load("one.csv", one=one)
    assert counts(told)[1:4] == (0, 1, 0)
    assert [str(row.event_date) for row in current(Patient.objects.get(), as_of=_today())] == ["2024-03-01"]


def test_an_empty_code_withdraws(load: Import):
    load("one.csv", one=HEAD + f"p1;A26A;2024-03-04;{BERGEN};1;2024-03-04 09:00\n")
    load("two.csv", two=HEAD + f"p1;;;{BERGEN};1;2024-03-05 09:00\n")
    assert current(Patient.objects.get(), as_of=_today()) == []
    assert Episode.objects.count() == 0
    assert WorklistRow.objects.filter(closed=False).count() == 0


def test_a_withdrawal_need_not_say_whose_registration_it_is(load: Import):
    """Row 3 withdraws the registration of row 1; row 4 one that nobody has told of, which is refused."""
    rows = (
        f"p1;A26A;2024-03-04;{BERGEN};1;2024-03-04 09:00\n"
        f"p1;A26S;2024-03-08;{BERGEN};2;2024-03-08 09:00\n"
        f";;;{BERGEN};2;2024-03-09 09:00\n"
        f";;;{BERGEN};7;2024-03-09 09:00\n"
    )
    (told,) = load("one.csv", "--refused", "refused.csv", one=HEAD + rows)
    assert counts(told) == (4, 2, 1, 0, 1, 0)
    assert [row.code for row in current(Patient.objects.get(), as_of=_today())] == ["A26A"]
    with Path("refused.csv").open(encoding="utf-8") as file:
        assert [(line["row"], line["column"]) for line in csv.DictReader(file)] == [("4", "patient_id")]


def test_a_registration_moved_to_another_patient_leaves_the_first(load: Import):
    load("one.csv", one=HEAD + f"p1;A26A;2024-03-04;{BERGEN};1;2024-03-04 09:00\n")
    load("two.csv", two=HEAD + f"p2;A26A;2024-03-04;{BERGEN};1;2024-03-05 09:00\n")
    assert [e.patient.source_id for e in Episode.objects.all()] == ["p2"]


def test_two_identical_rows_without_an_id_are_two_and_the_second_is_a_duplicate(load: Import):
    row = f"p1;A26A;2024-03-04;{BERGEN};;\n"
    (told,) = load("one.csv", one=HEAD + row + row)
    assert counts(told)[:3] == (2, 2, 0)
    assert Episode.objects.get().messages.split()[0] == "100"
    assert "102" in Episode.objects.get().messages


def test_patients_with_names_and_numbers_that_can_be(load: Import):
    people = (
        "patient_id,birth_date,sex,national_number,name,gp\n"
        "p1,1950-05-15,K,15076500565,Ola Nordmann,Dr. Hansen\n"
        "p2,1960-01-01,M,12345678901,Kari,\n"
    )
    codes = HEAD + f"p1;A26A;2024-03-04;{BERGEN};1;\n"
    first, second = load("codes.csv", "--patients", "people.csv", "--refused", "refused.csv", codes=codes, people=people)
    assert (first["kind"], counts(first), counts(second)[1]) == ("patients", (2, 2, 0, 0, 0, 0), 1)
    p1, p2 = Patient.objects.order_by("source_id")
    assert (p1.name, p1.national_number, p1.gp, p1.sex, p2.national_number) == (
        "Ola Nordmann", "15076500565", "Dr. Hansen", 2, "",
    )  # fmt: skip
    assert Episode.objects.get().messages == ""
    with Path("refused.csv").open(encoding="utf-8") as file:
        (refused,) = csv.DictReader(file)
    assert (refused["row"], refused["column"], refused["value"], refused["used"]) == ("2", "national_number", "", "true")


def test_what_a_patients_file_tells_later_is_linked_anew(load: Import):
    load("codes.csv", codes=HEAD + f"p1;A30A;2024-03-04;{BERGEN};1;\n")
    assert Episode.objects.get().messages == "100"
    load("--patients", "people.csv", people="patient_id,birth_date,sex\np1,2000-01-01,M\n")
    assert (Episode.objects.get().messages, Episode.objects.get().age) == ("116", 24)
    (told,) = load("--patients", "more.csv", more="patient_id,birth_date,sex\np1,2010-01-01,M\n")
    assert counts(told)[:4] == (1, 0, 1, 0)
    assert Episode.objects.get().messages == ""


def test_nothing_given_and_a_file_that_is_not_there(load: Import):
    load(code=2)
    load("missing.csv", code=13)
    assert ImportBatch.objects.count() == 0


def _today():
    from datetime import date

    return date(2024, 3, 15)


def test_a_fault_of_the_database_that_is_no_other_writer_ends_the_load(monkeypatch: pytest.MonkeyPatch):
    """Patients that cannot be made, and that nobody else has made: told once, never tried for ever."""
    from django.db import IntegrityError, transaction

    from pakkeforlop.coding.actions import people

    def refused(*_: object) -> None:
        raise IntegrityError("no")

    monkeypatch.setattr(people, "insert", refused)
    for make in (lambda: people.known_as(["p1"]), lambda: people.tell([{"source_id": "p1", "sex": 1}])):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()
