"""The store's benchmark: one code and one page of the worklist, in a store of many registrations, on both databases.

    python -m bench.store --registrations 1000000
    python -m bench.store --registrations 10000000 --databases sqlite,postgresql --coordinators 50

Timed in one run, in turn, on the same store and with the same durability (SQLite: WAL with synchronous=FULL;
PostgreSQL: fsync on):

- one code: checked, appended with its history, the patient linked again, row of the list, access log, committed;
- a bare Django transaction: one row created, committed, read back;
- the worklist's page of 50 rows over all open pathways, and the same page with no rows;
- a day's 2,000 codes, most of them of patients who are there, through the ordinary import: taken in, linked, listed;
- coordinators at work at once over the loopback, each with the list open, which polls, while codes are entered: p95 of
  pages and polls, errors, and how soon the others see a code.

The store is filled once: open pathways and a block of ended ones come through the ordinary import, then the database
copies the block until the number is reached. Codes and pages are timed before the copying too: what they cost must not
grow with history.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote

TODAY = date(2024, 3, 15)
BERGEN, STAVANGER = "974557746", "974703300"
PATHWAYS = ("A01", "A12", "A14", "A16", "A20", "A26")
BLOCK = 8_000
"""Patients of the block that is copied, with four registrations each."""
COLUMNS = ("patient_id", "code", "event_date", "institution", "registration_id")
DAY = 2_000
"""Codes of a day."""


def main() -> None:
    """Each database in a process of its own."""
    given = arguments()
    if given.run:
        print(json.dumps(measured(given)))
        return
    for name in given.databases.split(","):
        told = run(name, given)
        print("\n".join(lines(name, told)), flush=True)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.store", description=__doc__.split("\n")[0])
    parser.add_argument("--registrations", type=int, default=1_000_000, help="registrations in the store (1000000)")
    parser.add_argument("--open", type=int, default=5_000, help="open pathways on the list (5000)")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--times", type=int, default=400, help="codes and bare transactions timed (400)")
    parser.add_argument("--pages", type=int, default=100, help="pages timed (100)")
    parser.add_argument("--coordinators", type=int, default=50, help="at work at once; 0 for none (50)")
    parser.add_argument("--seconds", type=float, default=20, help="how long they work (20)")
    parser.add_argument("--folder", type=Path, help="where the store is made (a temporary folder)")
    parser.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def run(name: str, given: argparse.Namespace) -> dict[str, Any]:
    """One database's figures, from a process with its own settings."""
    from tools import postgresql

    with tempfile.TemporaryDirectory(prefix="pakkeforlop-bench-", dir=given.folder) as folder:
        if name != "postgresql":
            return _process(Path(folder), "", given)
        if postgresql.programs() is None:
            return {"missing": postgresql.MISSING}
        with postgresql.server(durable=True) as server:
            return _process(Path(folder), postgresql.make_database(server, "bench"), given)


def _process(folder: Path, database: str, given: argparse.Namespace) -> dict[str, Any]:
    environment = {
        **os.environ, "PAKKEFORLOP_HOME": str(folder), "PAKKEFORLOP_DATABASE": database, "PAKKEFORLOP_DEMO": "1",
        "PAKKEFORLOP_TODAY": TODAY.isoformat(), "DJANGO_SETTINGS_MODULE": "pakkeforlop.config.settings",
    }  # fmt: skip
    passed = [
        f"--{name.replace('_', '-')}={value}" for name, value in vars(given).items() if name not in ("run", "folder")
    ]
    command = [sys.executable, "-m", "bench.store", "--run", *passed]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def lines(name: str, told: dict[str, Any]) -> list[str]:
    """The figures as one reads them."""
    if "missing" in told:
        return [f"{name}: left out, {told['missing']}"]
    code, bare, page, empty = (told[key] for key in ("code", "bare", "page", "empty"))
    first = told["first"]
    found = [
        f"{name}: {told['registrations']:,} registrations, {told['open']:,} open pathways "
        f"(filled in {told['filled'] / 60:.1f} minutes, "
        f"{told['bytes'] / max(1, told['registrations']):.0f} bytes a registration)",
        f"  one code          p50 {code['p50']:6.2f} ms   p99 {code['p99']:6.2f} ms",
        f"  bare transaction  p50 {bare['p50']:6.2f} ms   p99 {bare['p99']:6.2f} ms",
        f"  ratio             p50 {code['p50'] / bare['p50']:6.1f} x (goal 5)   p99 {code['p99'] / bare['p99']:6.1f} x "
        f"(goal 10)   p99 under 20 ms: {'yes' if code['p99'] < 20 else 'no'}",
        f"  page of 50 rows   p95 {page['p95']:6.1f} ms   no rows {empty['p95']:6.1f} ms   "
        f"{page['p95'] / empty['p95']:4.1f} x (goal 3)",
        f"  before, with {first['registrations']:,} registrations: one code p50 {first['code']['p50']:.2f} ms "
        f"({first['code']['p50'] / first['bare']['p50']:.1f} x), page p95 {first['page']['p95']:.1f} ms "
        f"({first['page']['p95'] / first['empty']['p95']:.1f} x)",
        f"  a day's {DAY:,} codes taken in, linked and listed in {told['day']:.1f} s ({told['day_codes']:,} new)",
    ]
    if many := told.get("many"):
        pages, polls, seen = (many[key] for key in ("pages", "polls", "seen"))
        found += [
            f"  {many['coordinators']} at once for {many['seconds']:.0f} s, errors {many['errors']}: "
            f"{pages['n']} pages p50 {pages['p50']:.0f} ms p95 {pages['p95']:.0f} ms, "
            f"{polls['n']} polls p50 {polls['p50']:.0f} ms p95 {polls['p95']:.0f} ms",
            f"  {many['codes']} codes entered meanwhile, p95 {many['code_p95']:.0f} ms; seen by the others "
            f"after p50 {seen['p50'] / 1000:.1f} s p95 {seen['p95'] / 1000:.1f} s ({seen['n']:,} times)",
        ]
    return found


def measured(given: argparse.Namespace) -> dict[str, Any]:
    """Everything, on the database of this process."""
    from pakkeforlop.cli.serve import made_ready

    made_ready(None)
    from pakkeforlop.coding.models import Registration

    begun = time.perf_counter()
    fill(given.open)
    taken = time.perf_counter() - begun
    first: dict[str, Any] = {"registrations": Registration.objects.count()}
    first |= timed_codes(given.times, 2) | timed_pages(given.pages)
    begun = time.perf_counter()
    copy_until(given.registrations)
    told: dict[str, Any] = {"registrations": Registration.objects.count(), "open": given.open, "first": first}
    told["filled"] = taken + time.perf_counter() - begun
    told["bytes"] = size()
    told |= timed_codes(given.times, 3)
    told |= timed_pages(given.pages)
    told |= timed_day()
    if given.coordinators:
        told["many"] = at_once(given.coordinators, given.seconds)
    return told


# --- filling ----------------------------------------------------------------------------------------------------------


def fill(open_pathways: int) -> None:
    """Open pathways and the block of ended ones, through the ordinary import."""
    rng = random.Random(1)
    _import(_courses("open", open_pathways, rng, ended=False), "open")
    _import(_courses("done", BLOCK, rng, ended=True), "done")
    _settle()


def copy_until(registrations: int) -> None:
    """Copies of the ended block until there are so many registrations."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM coding_registration")
        count = cursor.fetchone()[0]
        cursor.execute("SELECT min(id), max(id) FROM coding_patient WHERE source_id LIKE 'done%%'")
        first, last = cursor.fetchone()
    with _in_haste():
        for copy in range(1, max(0, (registrations - count) // (BLOCK * 4)) + 1):
            _copy(first, last, copy)
    _settle()


@contextmanager
def _in_haste() -> Iterator[None]:
    """SQLite with much memory and without waiting for the disk, for as long as copies are made."""
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA cache_size=-2000000")
    yield
    connection.close()  # the next one is durable again, as the settings say


def _courses(prefix: str, patients: int, rng: random.Random, *, ended: bool) -> list[dict[str, Any]]:
    """Whole pathways long ago, or the first codes of ones that are open."""
    rows = []
    for n in range(patients):
        start = TODAY - timedelta(days=rng.randrange(400, 2900) if ended else rng.randrange(3, 60))
        pathway, place = rng.choice(PATHWAYS), rng.choice((BERGEN, STAVANGER))
        steps = (("A", 0), ("S", 8), ("CK", 20), ("FK", 34))[: 4 if ended else 1 + (n % 2)]
        rows += [
            (f"{prefix}{n}", pathway + code, start + timedelta(days=day), place, f"{prefix}{n}-{code}")
            for code, day in steps
            if start + timedelta(days=day) <= TODAY
        ]
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def _import(rows: list[dict[str, Any]], name: str, *, people: bool = True) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from django.conf import settings

    from pakkeforlop.cli.importing import run_import

    path, persons = settings.HOME / f"{name}.parquet", settings.HOME / f"{name}-people.csv"
    pq.write_table(pa.Table.from_pylist(rows), path)
    wanted = [("registrations", path)]
    if people:
        known = sorted({row["patient_id"] for row in rows})
        lines = [f"{one},1950-01-01,K,Pasient {one}" for one in known]
        persons.write_text("\n".join(["patient_id,birth_date,sex,name", *lines]) + "\n", encoding="utf-8")
        wanted.insert(0, ("patients", persons))
    run_import(wanted, language="nb", quiet=True)


def _copy(first: int, last: int, copy: int) -> None:
    """The ended block once more, by the database itself, with ids and names of its own."""
    from django.db import connection, transaction

    from pakkeforlop.coding.models import Patient, Registration
    from pakkeforlop.episodes.models import Episode

    shift = copy * (last - first + 1)
    changed = {
        Patient: {"id": f"id + {shift}", "handle": f"handle || '-{copy}'", "source_id": f"source_id || '-{copy}'"},
        Registration: {
            "id": None,
            "patient_id": f"patient_id + {shift}",
            "registration_id": f"registration_id || '-{copy}'",
        },
        Episode: {
            "id": None,
            "patient_id": f"patient_id + {shift}",
            "episode_id": f"substr(episode_id, 1, 26) || '-{copy}'",
        },
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for model, values in changed.items():
            names = [field.column for field in model._meta.concrete_fields if values.get(field.column, "") is not None]
            chosen = [values.get(name) or connection.ops.quote_name(name) for name in names]
            quoted = ", ".join(map(connection.ops.quote_name, names))
            key = "id" if model is Patient else "patient_id"
            table = model._meta.db_table
            cursor.execute(
                f"INSERT INTO {table} ({quoted}) SELECT {', '.join(chosen)} FROM {table} "
                f"WHERE {key} BETWEEN {first} AND {last}"
            )


def _settle() -> None:
    """Statistics for the planner, the log written back, numbers of new patients after the copied ones."""
    from django.core.management.color import no_style
    from django.db import connection

    from pakkeforlop.coding.models import Patient

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in connection.ops.sequence_reset_sql(no_style(), [Patient]):
                cursor.execute(statement)
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("PRAGMA optimize")


def size() -> int:
    """Bytes of the store."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    return Path(str(connection.settings_dict["NAME"])).stat().st_size


# --- one code ---------------------------------------------------------------------------------------------------------


def timed_codes(times: int, seed: int) -> dict[str, Any]:
    """One code and one bare transaction in turn."""
    codes, bare = [], []
    enter = _coder(seed)
    for n in range(times + 20):
        taken = enter(n), _bare(f"{seed}-{n}")
        if n >= 20:
            codes.append(taken[0])
            bare.append(taken[1])
    return {"code": figures(codes), "bare": figures(bare)}


def _coder(seed: int) -> Any:
    """Enters a code for one of the open pathways' patients, as the form does; milliseconds."""
    from django.utils import timezone

    from pakkeforlop.access.demo import people
    from pakkeforlop.coding.models import Patient
    from pakkeforlop.coordination.actions import codes
    from pakkeforlop.episodes.models import Episode

    rng = random.Random(seed)
    coder = people(hospital=BERGEN, other_hospital=STAVANGER, on=TODAY)["penn"]
    mine = list(
        Episode.objects.filter(end__isnull=True, start_institution=BERGEN).values_list(
            "patient_id", "pathway", "start_date"
        )
    )

    def enter(n: int) -> float:
        patient_id, pathway, start = rng.choice(mine)
        patient = Patient.objects.get(pk=patient_id)
        at = timezone.now().replace(year=TODAY.year, month=TODAY.month, day=TODAY.day)
        day = start + timedelta(days=rng.randrange(0, (TODAY - start).days + 1))
        begun = time.perf_counter()
        codes.register_code(
            patient=patient, code=f"{pathway}{rng.choice(('S', 'CK', 'O'))}", event_date=day, institution=BERGEN,
            by=coder, at=at, key=f"bench-{seed}-{n}", revision=patient.revision,
        )  # fmt: skip
        return (time.perf_counter() - begun) * 1000

    return enter


def _bare(name: str) -> float:
    """One row created, committed and read back; milliseconds."""
    from django.db import transaction
    from django.utils import timezone

    from pakkeforlop.coding.models import ActionKey

    begun = time.perf_counter()
    with transaction.atomic():
        ActionKey.objects.create(key=f"bare-{name}", at=timezone.now(), result={"name": name})
    ActionKey.objects.get(key=f"bare-{name}")
    return (time.perf_counter() - begun) * 1000


def figures(milliseconds: list[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile."""
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}


def timed_day() -> dict[str, Any]:
    """A day's codes: a third open a pathway, the others come to pathways that are open."""
    from pakkeforlop.coding.models import Registration
    from pakkeforlop.episodes.models import Episode

    rng = random.Random(9)
    going = list(Episode.objects.filter(end__isnull=True).values_list("patient__source_id", "pathway"))
    rows = []
    for n in range(DAY):
        patient, pathway = rng.choice(going) if n % 3 else (f"today{n}", rng.choice(PATHWAYS))
        code, place = rng.choice(("S", "CK", "O")) if n % 3 else "A", rng.choice((BERGEN, STAVANGER))
        told = (patient, pathway + code, TODAY, place, f"today-{n}")
        rows.append(dict(zip(COLUMNS, told, strict=True)))
    before = Registration.objects.count()
    begun = time.perf_counter()
    _import(rows, "today", people=False)
    return {"day": time.perf_counter() - begun, "day_codes": Registration.objects.count() - before}


# --- pages ------------------------------------------------------------------------------------------------------------


def _user(username: str, org_nr: str, pathway: str = "") -> Any:
    from pakkeforlop.access.models import Assignment, User

    user, new = User.objects.get_or_create(username=username, defaults={"display_name": username, "is_demo": True})
    if new:
        Assignment.objects.create(
            user=user, role="coordinator", org_nr=org_nr, pathway=pathway, valid_from=date(2015, 1, 1)
        )
    return user


def timed_pages(times: int) -> dict[str, Any]:
    """The first page of a list over all open pathways, and of one that is empty, in turn."""
    from django.test import Client
    from django.urls import reverse

    address = reverse("worklist")
    full, empty = Client(), Client()
    full.force_login(_user("bench-all", "900000000"))
    empty.force_login(_user("bench-none", BERGEN, "A99"))
    taken: dict[str, list[float]] = {"page": [], "empty": []}
    for n in range(times + 5):
        for name, client in (("page", full), ("empty", empty)):
            begun = time.perf_counter()
            answer = client.get(address, HTTP_HOST="localhost")
            if n >= 5:
                taken[name].append((time.perf_counter() - begun) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{address}: {answer.status_code}")
    return {name: figures(found) for name, found in taken.items()}


# --- many at once -----------------------------------------------------------------------------------------------------


EVERY = 5.0
"""Seconds between two polls of an open page, as its own script has it; a page is opened at every third."""


def at_once(coordinators: int, seconds: float) -> dict[str, Any]:
    """Coordinators over the loopback, each with the list open, which polls, while codes are entered."""
    from django.db import connection
    from django.urls import reverse

    from pakkeforlop.cli.serve import free_port

    cookies = [_session(_user(f"bench-{n}", "900000000")) for n in range(coordinators)]
    enter = _coder(4)
    connection.close()
    port = free_port("127.0.0.1", 0)
    program = "from pakkeforlop.cli.main import app; app()"
    command = [sys.executable, "-c", program, "serve", "--port", str(port), "--quiet"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    day = Day(port, reverse("worklist"), reverse("worklist_live"), time.perf_counter() + seconds)
    try:
        _until_up(port)
        day.until = time.perf_counter() + seconds
        day.work(cookies, enter)
    finally:
        server.terminate()
        server.wait(20)
    return {"coordinators": coordinators, "seconds": seconds, **day.told()}


def _session(user: Any) -> str:
    """The cookie of a person who has logged in."""
    from django.test import Client

    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


def _until_up(port: int) -> None:
    for _ in range(300):
        try:
            _get(HTTPConnection("127.0.0.1", port, timeout=5), "/login/", "")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the server did not come up")


def _get(connection: HTTPConnection, path: str, cookie: str, tag: str = "") -> tuple[int, str, bytes]:
    """Status, ETag and body of one answer."""
    headers = {"Host": "localhost", "Cookie": cookie, **({"If-None-Match": tag} if tag else {})}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.headers.get("ETag", ""), answer.read()


@dataclass
class Day:
    """Coordinators at work until a moment: what each answer took, what went wrong, and how soon a code was seen.

    `kept`: when a code that changes the list was committed, and the list's newest change then.
    """

    port: int
    page: str
    live: str
    until: float
    pages: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    codes: list[float] = field(default_factory=list)
    kept: list[tuple[float, str]] = field(default_factory=list)

    def work(self, cookies: list[str], enter: Any) -> None:
        """Everyone at once."""
        everyone = [threading.Thread(target=self._coordinate, args=one) for one in enumerate(cookies)]
        everyone.append(threading.Thread(target=self._code, args=(enter,)))
        for one in everyone:
            one.start()
        for one in everyone:
            one.join()

    def told(self) -> dict[str, Any]:
        """The figures."""
        return {
            "pages": {"n": len(self.pages), **figures(self.pages)}, "errors": len(self.wrong),
            "polls": {"n": len(self.polls), **figures(self.polls)}, "codes": len(self.codes),
            "seen": {"n": len(self.seen), **figures(self.seen)}, "code_p95": figures(self.codes)["p95"],
        }  # fmt: skip

    def _coordinate(self, number: int, cookie: str) -> None:
        """The list opened, then polled as its script does; opened anew at every third poll."""
        rng = random.Random(number)
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        time.sleep(rng.random() * EVERY)
        tag = since = ""
        told = turn = 0
        while time.perf_counter() < self.until:
            if turn % 3 == 0:
                self._ask(connection, self.page, cookie, self.pages)
            begun = len(self.kept)
            status, tag_now, body = self._ask(connection, f"{self.live}?since={quote(since)}", cookie, self.polls, tag)
            if status == 200:
                tag, since = tag_now, json.loads(body)["since"]
            told = told if turn else begun
            while told < len(self.kept) and self.kept[told][1] <= since:
                self.seen.append((time.perf_counter() - self.kept[told][0]) * 1000)
                told += 1
            turn += 1
            time.sleep(EVERY)

    def _ask(
        self, connection: HTTPConnection, path: str, cookie: str, taken: list[float], tag: str = ""
    ) -> tuple[int, str, bytes]:
        begun = time.perf_counter()
        try:
            answer = _get(connection, path, cookie, tag)
        except (OSError, HTTPException):
            connection.close()
            answer = (0, "", b"")
        taken.append((time.perf_counter() - begun) * 1000)
        if answer[0] not in (200, 304):
            self.wrong.append(answer[0])
        return answer

    def _code(self, enter: Any) -> None:
        """A code every now and then; of those that change the list, when that was."""
        from pakkeforlop.coordination.models import WorklistRow

        last = _newest(WorklistRow)
        while time.perf_counter() < self.until:
            self.codes.append(enter(len(self.codes)))
            moment, now = time.perf_counter(), _newest(WorklistRow)
            if now != last:
                self.kept.append((moment, now))
                last = now
            time.sleep(0.4)


def _newest(model: Any) -> str:
    """When a row of the list last changed, as the poll tells it."""
    from django.db.models import Max

    newest = model.objects.aggregate(newest=Max("changed_at"))["newest"]
    return str(newest.isoformat())


if __name__ == "__main__":
    main()
