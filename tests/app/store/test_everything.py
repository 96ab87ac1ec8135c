"""Everything as files, and the same store again: on either database and from one to the other, killed or not."""

from __future__ import annotations

import csv
import json
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from app.store.processes import Store, environment, rows, write
from pakkeforlop.access.queries import EVERYTHING, log_of
from pakkeforlop.coordination.queries import everything

BERGEN = "974557746"
WORK = """
from datetime import date
from django.utils import timezone
from pakkeforlop.access.actions.first import make_user
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination.actions import codes
now = timezone.now().replace(year=2024, month=3, day=15)
kari, _ = make_user(username="kari", display_name="Kari Lien", role="coder", org_nr="974557746", pathway="", on=date(2024, 3, 1), at=now)
patient = Patient.objects.get(source_id="p00001")
made = codes.register_code(patient=patient, code="A01A", event_date=date(2024, 3, 1), institution="974557746", by=kari,
                           at=now, key="one", revision=None).registration
for n, day in enumerate((date(2024, 3, 4), date(2024, 3, 5))):
    codes.correct_code(registration=made, code="A01A", event_date=day, institution="974557746", reason="=feil dag", by=kari,
                       at=now, key=f"c{n}", revision=None)
nameless = Registration.objects.get(registration_id__startswith="#", code="A16A")
codes.correct_code(registration=nameless, code="A16A", event_date=date(2024, 2, 2), institution="974557746", reason="x",
                   by=kari, at=now, key="d", revision=None)
codes.withdraw_code(registration=Registration.objects.get(registration_id="3-A26S"), reason="feil", by=kari, at=now, key="w",
                    revision=None)
"""
ONE_MORE = """
from datetime import date
from django.utils import timezone
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination.actions import codes
last = Registration.objects.order_by("-pk").first().pk
made = codes.register_code(patient=Patient.objects.get(source_id="p00005"), code="A01A", event_date=date(2024, 3, 1),
                           institution="974557746", by=None, at=timezone.now().replace(year=2024, month=3, day=15),
                           key="more", revision=None)
assert made.registration.pk > last
"""
LOGIN = """
from django.contrib.auth import authenticate
from pakkeforlop.access.models import User
user = User.objects.get(username="kari")
print(user.has_usable_password(), user.check_password("!"), user.check_password(""))
"""
EPISODES = """
import json
from pakkeforlop.episodes.models import Episode
names = ("episode_id", "patient__source_id", "pathway", "number", "start_date", "decision", "end", "of1_days", "of4_days",
         "share_reason", "messages", "sex", "age")
print(json.dumps([[str(value) if value is not None else "" for value in row]
                  for row in Episode.objects.order_by("patient__source_id", "pathway", "number").values_list(*names)]))
"""
COLUMNS = (
    "episode_id", "patient_id", "pathway", "episode", "start_date", "decision", "end", "of1_days", "of4_days",
    "share_reason", "messages", "sex", "age",
)  # fmt: skip


def filled(store: Store) -> None:
    """40 patients from a file, one row without an id, one registration told twice, and a person's work."""
    table = rows(40)
    table.append({**table[0], "patient_id": "q1", "code": "A16A", "registration_id": "", "event_date": "2024-02-01"})
    file = write(store.folder / "codes.csv", table)
    people = store.folder / "people.csv"
    people.write_text("patient_id,birth_date,sex,name\np00001,1950-05-15,K,Kari Norddal\nq1,1960-02-29,M,\n")
    later = store.folder / "later.csv"
    later.write_text(
        "patient_id,code,event_date,institution,registration_id,registered_at\n"
        f"p00002,A26S,2024-01-16,{BERGEN},2-A26S,2024-02-01T10:15:30.123457\n"
    )
    store.run("import", str(file), str(later), "--patients", str(people), "--json")
    store.ask(WORK)


def another(folder: Path, request: pytest.FixtureRequest, database: str) -> Store:
    """A new store on the other database."""
    from tools import postgresql

    address = ""
    if not database:
        server = request.getfixturevalue("postgresql_folder")
        address = postgresql.make_database(server, f"again_{abs(hash(str(folder))) % 10**12}")
    (folder / "store").mkdir(parents=True)
    return Store(environment(folder, address), folder)


def tables(folder: Path) -> dict[str, list[dict]]:
    """Every table's rows; what is kept as JSON is read, since the databases write its names in other orders."""
    found = {path.stem: pq.read_table(path).to_pylist() for path in sorted((folder / "tables").iterdir())}
    return {name: [{key: _value(value) for key, value in row.items()} for row in rows] for name, rows in found.items()}


def _value(value: object) -> object:
    return json.loads(value) if isinstance(value, str) and value[:1] in {"{", "["} else value


@pytest.mark.slow
def test_a_store_made_again_on_the_other_database_is_the_same_to_the_last_row(
    own_store: Store, tmp_path: Path, request: pytest.FixtureRequest
):
    filled(own_store)
    told = json.loads(own_store.run("export", "--out", "all", "--json"))
    assert (told["registrations"], told["patients"]) == (40 * 4 + 1 + 1 + 3 + 1, 41)
    again = another(tmp_path / "again", request, own_store.environment["PAKKEFORLOP_DATABASE"])
    done = json.loads(again.run("restore", str(own_store.folder / "all"), "--json"))
    assert done["coding_registration"] == 40 * 4 + 1 + 1 + 3 + 1 + 1
    again.run("export", "--out", "all", "--json")
    before, after = tables(own_store.folder / "all"), tables(again.folder / "all")
    line = after["access_event"].pop()
    assert (line["kind"], line["what"]) == ("exported", "everything")
    assert after == before
    assert {name for name, found in before.items() if found} >= {
        "access_assignment", "access_event", "access_user", "coding_actionkey", "coding_importbatch", "coding_patient",
        "coding_registration", "coordination_worklistrow", "episodes_episode", "episodes_episodemessage",
    }  # fmt: skip
    assert "password" not in before["access_user"][0]
    assert again.ask(LOGIN) == "False False False"
    again.ask(ONE_MORE)
    refused = own_store.command("restore", "all")
    assert refused.communicate(timeout=120)[1].startswith("The store is not empty.")
    assert refused.returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize("own_store", ["sqlite"], indirect=True)
def test_the_figures_come_out_of_the_files_as_they_stand_in_the_store(own_store: Store):
    filled(own_store)
    own_store.run("export", "--out", "all")
    with (own_store.folder / "all" / "registrations.csv").open(encoding="utf-8") as file:
        corrected = [line for line in csv.DictReader(file) if line["code"] == "A01A"]
    assert [(line["event_date"], line["version"], line["stored_by"], line["reason"]) for line in corrected] == [
        ("2024-03-01", "1", "kari", ""), ("2024-03-04", "2", "kari", "=feil dag"), ("2024-03-05", "3", "kari", "=feil dag"),
    ]  # fmt: skip
    own_store.run(
        "monitor", "all/registrations.csv", "--patients", "all/patients.csv", "--out", "out", "--as-of", "2024-03-15", "--quiet"
    )  # fmt: skip
    with (own_store.folder / "out" / "episodes.csv").open(encoding="utf-8") as file:
        found = sorted(
            ([line[name] for name in COLUMNS] for line in csv.DictReader(file)), key=lambda row: (row[1], row[2], row[3])
        )
    assert found == json.loads(own_store.ask(EPISODES))
    assert len(found) == 42


@pytest.mark.slow
def test_killed_in_the_middle_there_is_no_folder_and_no_half_store(
    own_store: Store, tmp_path: Path, request: pytest.FixtureRequest
):
    filled(own_store)
    running = own_store.command("export", "--out", "all", "--quiet")
    until = time.monotonic() + 60
    while time.monotonic() < until and not list(own_store.folder.glob(".all*")):
        time.sleep(0.005)
    running.kill()
    assert running.wait(60) == -9
    assert not (own_store.folder / "all").exists()
    own_store.run("export", "--out", "all", "--quiet")
    assert [path.name for path in own_store.folder.iterdir() if path.name.startswith(".all")] == []
    again = another(tmp_path / "again", request, own_store.environment["PAKKEFORLOP_DATABASE"])
    stop = "from pakkeforlop.coordination.actions import restoring\nimport os, signal\nplain = restoring.insert\n"
    stop += (
        "def insert(model, columns, rows):\n    plain(model, columns, rows)\n"
        "    if model._meta.db_table == 'coding_registration': os.kill(os.getpid(), signal.SIGKILL)\n"
        "restoring.insert = insert\nfrom pakkeforlop.cli.main import app\n"
        f"app(['restore', {str(own_store.folder / 'all')!r}, '--quiet'])"
    )
    killed = again.python("from django.core.management import call_command; call_command('migrate', verbosity=0)\n" + stop)
    assert killed.wait(120) == -9
    again.run("restore", str(own_store.folder / "all"), "--quiet")
    assert json.loads(again.ask(EPISODES)) == json.loads(own_store.ask(EPISODES))


@pytest.mark.slow
@pytest.mark.parametrize("own_store", ["sqlite"], indirect=True)
def test_a_file_that_was_changed_or_is_none_of_ours_is_told(own_store: Store, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    for folder, code, said in (("none", 13, "none"), ("empty", 13, "empty")):
        refused = own_store.command("restore", folder)
        assert said in refused.communicate(timeout=120)[1]
        assert refused.returncode == code
    own_store.run("export", "--out", "all", "--quiet")
    file = own_store.folder / "all" / "tables" / "coding_patient.parquet"
    shutil.copy(own_store.folder / "all" / "tables" / "access_post.parquet", file)
    refused = own_store.command("restore", "all")
    assert "its content is not what was written" in refused.communicate(timeout=120)[1]
    assert refused.returncode == 12


@pytest.mark.django_db
def test_every_table_of_the_product_can_be_told():
    names = {model._meta.db_table for model in everything.tables()}
    assert {"coding_registration", "access_event", "coordination_note", "episodes_episode"} <= names
    assert not {name for name in names if "session" in name or "authenticator" in name or "axes" in name}
    for model in everything.tables():
        fields = {field.attname for field in model._meta.concrete_fields}
        hidden = set(everything.SECRETS.get(model._meta.db_table, {}))
        assert set(everything.schema_of(model).names) == fields - hidden


@pytest.mark.django_db
def test_an_export_of_everything_stands_in_the_log_of_every_patient_who_was_there():
    from pakkeforlop.coding.models import Patient
    from pakkeforlop.coordination.actions.restoring import tell_of_export

    there = Patient.objects.create(source_id="p1")
    tell_of_export(at=datetime(2024, 3, 15, 9, tzinfo=UTC))
    later = Patient.objects.create(source_id="p2")
    assert [(line.kind, line.what) for line in log_of(there.pk)] == [("exported", EVERYTHING)]
    assert list(log_of(later.pk)) == []
