"""The country as it stands on a day, cut from generated data for the application: who is in a pathway, with names.

Open pathways of the last months and those that ended lately; every registration of those patients. What is generated
for figures has no names, numbers or appointments, so invented ones are added: most open pathways have a next step.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pakkeforlop.exchange.generate.ward.course import KIND_OF, Course
from pakkeforlop.exchange.generate.ward.files import write_ward
from pakkeforlop.exchange.generate.ward.people import Crowd, Person, synthetic_number
from pakkeforlop.exchange.generate.ward.ward import Ward

OPEN_FOR, ENDED_SINCE = timedelta(days=200), timedelta(days=21)
BOOKED = 0.85
"""How many open pathways have a next step booked."""
EPISODE = (
    "patient_id", "pathway", "start_date", "start_institution", "first_attendance_date", "decision_date",
    "decision_institution", "end_date", "trust",
)  # fmt: skip


def cut_country(
    *, data: Path, result: Path, out: Path, today: date, without_trusts: Collection[str], seed: int = 1,
    history_of: Collection[str] = (),
) -> dict[str, Path]:  # fmt: skip
    """Write the files of the cut into `out`; the paths by kind. data, result: folders of `generate` and `monitor`.

    history_of: trusts of which those are taken too who have been in a pathway since the beginning of last year and are
    in none now, so that the figures of a year are whole there.
    """
    found = pq.read_table(result / "episodes.parquet", columns=list(EPISODE))
    episodes = pa.concat_tables([_now(found, today, without_trusts), _past(found, today, history_of)])
    wanted = pc.unique(episodes["patient_id"])
    patients = pq.read_table(data / "patients.parquet")
    patients = patients.filter(pc.is_in(patients["patient_id"], value_set=wanted)).to_pylist()
    rng = random.Random(seed)
    ward = Ward({}, {}, {})
    people = _named(patients, ward, rng, today)
    _booked(episodes.to_pylist(), people, ward, rng, today)
    paths = write_ward(ward, out)
    registrations = pq.read_table(data / "registrations.parquet")
    paths["registrations"].unlink()
    paths["registrations"] = out / "registrations.parquet"
    mine = registrations.filter(pc.is_in(registrations["patient_id"], value_set=wanted))
    pq.write_table(mine, paths["registrations"])
    return paths


def _now(found: pa.Table, today: date, without_trusts: Collection[str]) -> pa.Table:
    lately = pc.fill_null(pc.greater_equal(found["end_date"], today - ENDED_SINCE), False)
    open_now = pc.and_(pc.is_null(found["end_date"]), pc.greater_equal(found["start_date"], today - OPEN_FOR))
    return found.filter(pc.and_(pc.or_(lately, open_now), pc.invert(_of_trusts(found, without_trusts))))


def _past(found: pa.Table, today: date, trusts: Collection[str]) -> pa.Table:
    """The last pathways of those who started at some trusts and have no pathway open anywhere."""
    waiting = found.filter(pc.is_null(found["end_date"]))["patient_id"]
    done = pc.invert(pc.is_in(found["patient_id"], value_set=pc.unique(waiting)))
    since = pc.fill_null(pc.greater_equal(found["end_date"], date(today.year - 1, 1, 1)), False)
    return found.filter(pc.and_(pc.and_(since, done), _of_trusts(found, trusts)))


def _of_trusts(found: pa.Table, trusts: Collection[str]) -> pa.ChunkedArray:
    return pc.is_in(found["trust"].cast(pa.string()), value_set=pa.array(sorted(trusts), pa.string()))


def _named(patients: list[dict[str, Any]], ward: Ward, rng: random.Random, today: date) -> dict[str, Person]:
    """A name and a synthetic number for each patient, and their rows of the patients file."""
    crowd = Crowd(rng, "country")
    people = {}
    for row in patients:
        born, sex = row["birth_date"], int(row["sex"] or 1)
        name = crowd.person(age=50, sex=sex, today=today).name
        person = Person(str(row["patient_id"]), name, synthetic_number(born, sex, rng), born, sex)
        people[person.patient_id] = person
        ward.files.setdefault("patients", []).append(
            {
                "patient_id": person.patient_id, "birth_date": born.isoformat(), "sex": str(sex), "name": name,
                "national_number": person.number, "municipality": row["municipality"] or "",
                "district": row["district"] or "", "gp": "",
                "death_date": row["death_date"].isoformat() if row["death_date"] else "",
            }
        )  # fmt: skip
    return people


def _booked(
    episodes: list[dict[str, Any]], people: dict[str, Person], ward: Ward, rng: random.Random, today: date
) -> None:
    """A next step for most open pathways, within the next two weeks."""
    for episode in episodes:
        person = people.get(str(episode["patient_id"]))
        if person is None or episode["end_date"] is not None or rng.random() > BOOKED:
            continue
        place = episode["decision_institution"] or episode["start_institution"]
        course = Course(person, str(episode["pathway"]), str(place), today, rng, rng.choice("KMS"), (0, 0, 0))
        course.meet(_kind(episode, course), course.weekday(today, today + timedelta(days=rng.randrange(2, 15))))
        for row in course.rows["appointments"]:
            row["appointment_id"] = f"{row['appointment_id']}-{episode['pathway']}"
        ward.files.setdefault("appointments", []).extend(course.rows["appointments"])


def _kind(episode: dict[str, Any], course: Course) -> str:
    if episode["first_attendance_date"] is None:
        return "attendance"
    return "examination" if episode["decision_date"] is None else KIND_OF[course.treatment]
