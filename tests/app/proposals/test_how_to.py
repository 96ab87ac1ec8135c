"""The page on events does what it says: its file is loaded, its rule is the catalogue's own."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path

import pytest

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions.load import load
from pakkeforlop.coordination.models import ClinicalEvent, Proposal
from pakkeforlop.exchange.csv.working import LAYOUTS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "let-events-propose-codes.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.S).group(1)


@pytest.mark.django_db
def test_its_file_is_loaded_and_cancers_found_propose_a_start():
    from app.proposals.arriving import NOW, TODAY

    Patient.objects.bulk_create([Patient(source_id=name, told=True) for name in ("p17", "p18", "p19")])
    done = load("events", csv.DictReader(block("csv").splitlines()), on=TODAY, at=NOW)
    assert (done.new, done.refused) == (3, [])
    assert ClinicalEvent.objects.count() == 3
    assert [(one.code, str(one.event_date), one.evidence) for one in Proposal.objects.order_by("code")] == [
        ("A12A", "2022-01-19", "Team meeting: «kreft»"),  # no pathway is open: found outside one
        ("A26A", "2022-01-19", "Pathology answer: adenocarcinoma: «kreft»"),
    ]


def test_its_rule_is_the_catalogues():
    written = tomllib.loads(block("toml"))["rule"][0]
    rule = next(rule for rule in load_catalogue().event_rules if rule.key == written["key"])
    shown = rule.model_dump(include=set(written))
    assert {name: list(value) if isinstance(value, tuple) else value for name, value in shown.items()} == written


def test_it_names_every_kind_finding_and_column():
    catalogue = load_catalogue()
    row = {line.split("|")[1].strip(): line.split("|")[2] for line in PAGE.splitlines() if line.startswith("| ")}
    assert set(re.findall(r"[a-z_]+", row["kind"])) == set(catalogue.event_kinds)
    assert set(re.findall(r"[a-z_]+", row["finding"])) == set(catalogue.findings)
    assert {column.name for column in LAYOUTS["events"].columns} <= set(re.findall(r"`([a-z_]+)`", PAGE))
