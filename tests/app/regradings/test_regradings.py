"""Referrals into and out of the pathways: the direction, the word to the referrer, and figures that can be opened."""

from __future__ import annotations

from datetime import date, datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.access.people import BERGEN, STAVANGER, client_for
from pakkeforlop.access.models import Event
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.models import Outgoing, Referral
from pakkeforlop.coordination.queries.regradings import regradings
from pakkeforlop.coordination.regrading import direction

TODAY = date(2022, 1, 20)
NOW = datetime(2022, 1, 20, 9, tzinfo=ZoneInfo("Europe/Oslo"))


@pytest.mark.parametrize(
    ("marked", "before", "became", "wanted"),
    [
        (True, "", "pathway", ""),
        (True, "", "ordinary", "down"),
        (False, "", "pathway", "up"),
        (False, "", "ordinary", ""),
        *((marked, before, became, {("pathway", "ordinary"): "down", ("ordinary", "pathway"): "up"}.get((before, became), ""))
          for marked, before, became in product((True, False), ("pathway", "ordinary"), ("pathway", "ordinary"))),
    ],
)  # fmt: skip
def test_where_it_stood_and_where_it_stands(marked, before, became, wanted):
    assert direction(marked, before, became) == wanted


@pytest.fixture(autouse=True)
def _thursday(settings: Any) -> None:
    settings.TODAY = TODAY.isoformat()


def referral(name: str, pathway: str = "", marked: bool = False) -> Referral:
    who = Patient.objects.create(source_id=name, told=True, name=f"Lun {name}", national_number="", birth_date=date(1950, 1, 1))
    return Referral.objects.create(
        external_id=f"ref-{name}", patient=who, received_date=date(2022, 1, 18), institution=BERGEN,
        sender="Fastlege, Solbakken legesenter", pathway=pathway, marked=marked, text="Tekst",
    )  # fmt: skip


def assess(client: Any, one: Referral, choice: str, reason: str = "", pathway: str = "", key: str = "k") -> None:
    asked = {"referral": one.pk, "choice": choice, "reason": reason, "pathway": pathway, "key": key}
    client.post(f"/referrals/{one.patient.handle}/", asked)


@pytest.mark.django_db
def test_the_referrer_is_told_both_ways_without_the_patients_name():
    client = client_for(("coordinator", BERGEN), username="anker")
    marked, unmarked, plain = referral("ned", "A26", marked=True), referral("opp"), referral("vanlig")
    assess(client, marked, "ordinary", "Ingen begrunnet mistanke")
    assess(client, unmarked, "pathway", "Fyller kriteriene", "A12")
    assess(client, plain, "ordinary", "Hører ikke til")
    letters = {one.referral.external_id: one for one in Outgoing.objects.select_related("referral")}
    assert {name: one.kind for name, one in letters.items()} == {"ref-ned": "referral_down", "ref-opp": "referral_up"}
    down = letters["ref-ned"]
    assert (down.recipient, down.channel, down.state) == ("Fastlege, Solbakken legesenter", "letter", "waiting")
    assert "Grunn: Ingen begrunnet mistanke" in down.body
    assert "18.01.2022" in down.body
    assert not any(word in down.subject + down.body for word in ("Lun", "1950", marked.patient.handle))
    assert Event.objects.filter(what="referral.told").count() == 2


@pytest.mark.django_db
def test_figures_of_both_open_into_those_behind_them_and_a_letter_is_sent_once():
    client = client_for(("coordinator", BERGEN), username="anker")
    for n in range(3):
        assess(client, referral(f"ned{n}", "A26", marked=True), "ordinary", "Ingen mistanke", key=f"n{n}")
    for n in range(2):
        assess(client, referral(f"opp{n}"), "pathway", "Kriteriene", "A12", key=f"o{n}")
    found = regradings(for_=client.user, on=TODAY)
    assert (found.count("up"), found.count("down"), found.unsettled) == (2, 3, 3)
    assert found.by_pathway() == [("A26", 0, 3), ("A12", 2, 0)]
    page = client.get("/regradings/").content.decode()
    assert "Siste år er 2 oppgradert. 3 er nedgradert." in page
    assert "5 meldinger til henvisende leger er ikke sendt." in page
    opened = client.get("/regradings/?pathway=A12&way=up").content.decode()
    assert "Lun opp0" in opened
    assert "Lun ned0" not in opened
    letter = Outgoing.objects.filter(kind="referral_down").first()
    for said in ("Meldingen er merket som sendt.", "Meldingen er alt sendt"):
        assert said in client.post("/regradings/sent/", {"message": letter.pk}, follow=True).content.decode()
    assert Outgoing.objects.filter(state="sent").count() == 1


@pytest.mark.django_db
def test_others_see_none_of_it():
    client = client_for(("coordinator", BERGEN), username="anker")
    assess(client, referral("ned", "A26", marked=True), "ordinary", "Ingen mistanke")
    stranger = client_for(("coordinator", STAVANGER), username="granne")
    assert "Lun ned" not in stranger.get("/regradings/").content.decode()
    letter = Outgoing.objects.get()
    assert "finnes ikke" in stranger.post("/regradings/sent/", {"message": letter.pk}, follow=True).content.decode()
    assert Outgoing.objects.get().state == "waiting"
