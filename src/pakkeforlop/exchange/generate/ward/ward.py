"""A ward: many courses at one hospital, drawn for a believable morning or planted one fault each for the tests."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.exchange.generate.ward.course import Course, Row, limits_of
from pakkeforlop.exchange.generate.ward.people import Crowd
from pakkeforlop.exchange.generate.ward.scenes import CLEAN, PASSED, SCENES, Scene

WOMEN, MEN = frozenset({"A01", "A20", "A21", "A22"}), frozenset({"A16", "A17", "A18"})
USUAL = {
    "A01": 18, "A26": 15, "A12": 16, "A16": 16, "A14": 6, "A15": 4, "A02": 5, "A07": 4, "A32": 4, "A38": 6, "A20": 4,
    "A21": 3, "A06": 4, "C01": 5, "A34": 2,
}  # fmt: skip
"""How often a pathway is met, roughly as new patients of a year."""
MORNING = {
    "on_track": 17, "received": 2, "nothing_booked": 3, "booked_late": 5, "missed": 1, "missing_code": 1, "proposed": 3,
    "sent": 1, "transferred_in": 1, "answer_overdue": 3, "postponed": 1, "phase_passed": 6, "whole_passed": 5,
    "stale": 1, "wrong_order": 1, "duplicate": 1,
}  # fmt: skip
"""How a list of about fifty looks on a Thursday."""


@dataclass(frozen=True)
class Ward:
    """The rows of a ward, by file, and for each patient the scene and the lists that it must stand on."""

    files: dict[str, list[Row]]
    scene_of: dict[str, str]
    lists_of: dict[str, frozenset[str]]


def planted(*, today: date, seed: int = 1, hospital: str, other: str, faults: int = 400, clean: int = 100) -> Ward:
    """Patients with one planted fault each, in turn through all faults, and patients with none."""
    names = sorted(SCENES)
    wanted = [(names[n % len(names)], SCENES[names[n % len(names)]]) for n in range(faults)]
    calm = sorted(CLEAN)
    wanted += [(calm[n % len(calm)], CLEAN[calm[n % len(calm)]]) for n in range(clean)]
    return _ward(wanted, today=today, rng=random.Random(seed), hospital=hospital, other=other, prefix="p")


def morning(*, today: date, seed: int = 1, hospital: str, other: str, size: int = 50, prefix: str = "w") -> Ward:
    """About `size` open pathways as on an ordinary morning."""
    rng = random.Random(seed)
    every = {**SCENES, **CLEAN, **PASSED}
    total = sum(MORNING.values())
    wanted = [
        (name, every[name]) for name, share in MORNING.items() for _ in range(max(1, round(share * size / total)))
    ]
    rng.shuffle(wanted)
    ward = _ward(wanted, today=today, rng=rng, hospital=hospital, other=other, prefix=prefix)
    _new_cancers(ward, rng=rng, today=today, hospital=hospital, prefix=prefix)
    return ward


def _new_cancers(ward: Ward, *, rng: random.Random, today: date, hospital: str, prefix: str) -> None:
    """First contacts with a new cancer: of those whose treatment is decided, and of some who are in no pathway."""
    pathways, catalogue = list(USUAL), load_catalogue()
    decided = {row["patient_id"]: row for row in ward.files["registrations"] if row["code"].endswith(("CK", "CU"))}
    found = [(row["patient_id"], row["code"][:3], date.fromisoformat(row["event_date"])) for row in decided.values()]
    crowd = Crowd(rng, f"{prefix}n")
    for _ in range(max(2, len(decided) // 5)):
        pathway = rng.choice([one for one in pathways if catalogue.pathways[one].icd10])
        sex = 2 if pathway in WOMEN else 1 if pathway in MEN else rng.choice((1, 2))
        person = crowd.person(age=rng.randrange(50, 92), sex=sex, today=today)
        day = today - timedelta(days=rng.randrange(75, 160))
        finish(ward, Course(person, pathway, hospital, today, rng, "", (0, 0, 0)), "outside", frozenset())
        found.append((person.patient_id, pathway, day))
    for patient, pathway, day in found:
        groups = catalogue.pathways[pathway].icd10
        if groups:
            row = {"icd10": groups[0][:3], "first_contact_date": day.isoformat(), "institution": hospital}
            ward.files.setdefault("new_cancers", []).append({"patient_id": patient, **row})


def inbox(*, today: date, seed: int = 1, hospital: str, size: int = 9, prefix: str = "h") -> Ward:
    """New referrals that nobody has assessed: marked ones, unmarked ones that meet the criteria, and ordinary ones."""
    rng = random.Random(seed)
    crowd = Crowd(rng, prefix)
    ward = Ward({}, {}, {})
    letters = _letters()
    for n in range(size):
        letter = letters[n % len(letters)]
        sex = 2 if letter.get("pathway") in WOMEN else 1 if letter.get("pathway") in MEN else rng.choice((1, 2))
        person = crowd.person(age=rng.randrange(45, 84), sex=sex, today=today)
        course = Course(person, letter.get("pathway", ""), hospital, today, rng, "", (0, 0, 0))
        course.add(
            "referrals", referral_id=f"{person.patient_id}-h", institution=hospital, sender=letter["sender"],
            received_date=(today - timedelta(days=rng.randrange(0, 3))).isoformat(), pathway=letter.get("pathway", ""),
            marked="1" if letter.get("pathway") else "0", diagnosis=letter.get("diagnosis", ""), text=letter["text"],
        )  # fmt: skip
        finish(ward, course, "referral", frozenset())
    return ward


def _letters() -> list[dict[str, str]]:
    """What referrals say."""
    file = Path(__file__).parent / "letters.toml"
    return list(tomllib.loads(file.read_text(encoding="utf-8"))["letter"])


def joined(wards: Sequence[Ward]) -> Ward:
    """Several wards as one set of files."""
    files: dict[str, list[Row]] = {}
    for ward in wards:
        for name, rows in ward.files.items():
            files.setdefault(name, []).extend(rows)
    return Ward(
        files,
        {patient: scene for ward in wards for patient, scene in ward.scene_of.items()},
        {patient: lists for ward in wards for patient, lists in ward.lists_of.items()},
    )


def _ward(
    wanted: Sequence[tuple[str, Scene]], *, today: date, rng: random.Random, hospital: str, other: str, prefix: str
) -> Ward:
    catalogue = load_catalogue()
    crowd = Crowd(rng, prefix)
    ward = Ward({}, {}, {})
    for name, scene in wanted:
        course, phase = _course(scene, catalogue, crowd, today=today, rng=rng, hospital=hospital)
        scene.make(course, phase, other)
        finish(ward, course, name, scene.lists)
    return ward


def finish(ward: Ward, course: Course, scene: str, lists: frozenset[str]) -> None:
    """The patient's own row, and all rows of a course, into the ward."""
    person = course.person
    course.add(
        "patients", birth_date=person.born.isoformat(), sex=str(person.sex), name=person.name,
        national_number=person.number, municipality="", district="", death_date="", gp="",
    )  # fmt: skip
    for file, rows in course.rows.items():
        ward.files.setdefault(file, []).extend(rows)
    ward.scene_of[person.patient_id] = scene
    ward.lists_of[person.patient_id] = lists


def _course(
    scene: Scene, catalogue: Catalogue, crowd: Crowd, *, today: date, rng: random.Random, hospital: str
) -> tuple[Course, str]:
    """A person in a pathway that has the phase which the scene needs."""
    while True:
        pathway = rng.choices(list(USUAL), list(USUAL.values()))[0]
        phase = rng.choice(scene.phases)
        found = limits_of(catalogue, pathway, today - timedelta(days=30))
        ends_early = pathway == "C01" and (scene.treated or phase == "treatment")
        if found is None or ends_early or min(found[1][: 2 if pathway == "C01" else 3]) < 5:
            continue
        sex = 2 if pathway in WOMEN else 1 if pathway in MEN else rng.choice((1, 2))
        person = crowd.person(age=rng.randrange(45, 84), sex=sex, today=today)
        return Course(person, pathway, hospital, today, rng, found[0], found[1]), phase
