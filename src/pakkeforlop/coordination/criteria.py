"""Referrals that meet a pathway's criteria though nobody has marked them: read from a small file of words.

A proposal says how sure it is: a diagnosis that names the cancer, criteria of the guide, or suspicion alone. A person
decides; the hospital has the last word (the guide on codes).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pakkeforlop.catalogue.model import Catalogue

SURE = ("diagnosis", "criteria", "suspicion")
"""From firm to faint."""
ICD10 = re.compile(r"\b([CD]\d\d)(?:\.?\d)?\b")


@dataclass(frozen=True)
class Criterion:
    """Words that speak for a pathway; all of one set must be there."""

    pathway: str
    sure: str
    words: tuple[tuple[str, ...], ...]
    min_age: int = 0


@dataclass(frozen=True)
class Meets:
    """The pathway whose criteria a referral meets, how surely, and what it said."""

    pathway: str
    sure: str
    said: str


def meets(diagnosis: str, text: str, *, age: int | None, catalogue: Catalogue) -> Meets | None:
    """The pathway that a referral's diagnosis and text speak for most firmly; None when they speak for none."""
    found = [hit for hit in (_by_icd10(diagnosis, catalogue), *_by_words(f"{diagnosis} {text}", age)) if hit]
    return min(found, key=lambda hit: SURE.index(hit.sure), default=None)


def _by_icd10(diagnosis: str, catalogue: Catalogue) -> Meets | None:
    """A cancer diagnosis in its ICD-10 group goes to that group's pathway."""
    written = ICD10.search(diagnosis.upper())
    if written is None:
        return None
    group = written.group(1)
    for prefix, pathway in catalogue.pathways.items():
        if pathway.last_day is None and any(_inside(group, part) for part in pathway.icd10):
            return Meets(prefix, "diagnosis", written.group(0))
    return None


def _inside(group: str, part: str) -> bool:
    low, _, high = part.partition("-")
    return low[:3] <= group <= (high or low)[:3]


def _by_words(text: str, age: int | None) -> list[Meets]:
    said = text.casefold()
    hits = []
    for criterion in criteria():
        if age is not None and age < criterion.min_age:
            continue
        words = next((words for words in criterion.words if all(word in said for word in words)), None)
        if words is not None:
            hits.append(Meets(criterion.pathway, criterion.sure, " + ".join(words)))
    return hits


@cache
def criteria() -> tuple[Criterion, ...]:
    """The criteria of the file, in its order."""
    listed = tomllib.loads((Path(__file__).parent / "data" / "criteria.toml").read_text(encoding="utf-8"))
    return tuple(
        Criterion(
            entry["pathway"], entry["sure"], tuple(tuple(word.casefold() for word in words) for words in entry["all"]),
            entry.get("min_age", 0),
        )
        for entry in listed["criterion"]
    )  # fmt: skip
