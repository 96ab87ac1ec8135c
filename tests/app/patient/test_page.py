"""The page of a patient: what it says, codes entered, corrected, withdrawn and undone, two people, a double click."""

import re

import pytest
from django.test import Client

from app.access.people import client_for
from app.patient.filling import book, day, enter, lung_patient
from app.work.filling import FORDE, HAUKELAND
from pakkeforlop.access.models import Event, User
from pakkeforlop.coding.models import Registration
from pakkeforlop.coordination.models import Note, Proposal, Task
from pakkeforlop.coordination.rows import refresh
from pakkeforlop.episodes.models import Episode
from pakkeforlop.web import clock

pytestmark = pytest.mark.django_db
ROAD = (("A26A", 0), ("A26S", 6), ("A26CK", 29))


@pytest.fixture
def patient():
    made = lung_patient(*ROAD)
    book(made, "surgery", "Operasjon", 39)
    refresh([made.pk], on=clock.today(), at=clock.now())
    return made


@pytest.fixture
def coder():
    return client_for(("coder", HAUKELAND), username="penn")


def page(client, patient, query=""):
    answer = client.get(f"/patient/{patient.handle}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def words(html):
    """The page as it is read: no tags, single blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def post(client, patient, part, **fields):
    patient.refresh_from_db()
    values = {"key": "k1", "revision": patient.revision, "institution": HAUKELAND, "pathway": "A26"} | fields
    return client.post(f"/patient/{patient.handle}/{part}/", values)


def test_the_page_begins_with_the_day_and_what_is_booked(coder, patient):
    text = words(page(coder, patient))
    assert "Dag 35 av 42." in text
    assert "Operasjon er bestilt mandag 24. januar, dag 39." in text
    assert "Da holdes fristen med 3 dager å gå på." in text


def test_the_times_are_told_with_days_limit_and_what_is_over(coder, patient):
    text = words(page(coder, patient))
    assert "6 av 7 dager, 16. desember til 22. desember. Innenfor." in text
    assert "23 av 21 dager, 22. desember til 14. januar. 2 dager over." in text
    assert "10 av 14 dager hvis operasjon gjennomføres 24. januar. Teller da som innenfor ." in text


def test_the_sentences_are_those_of_explain(coder, patient):
    from pakkeforlop.catalogue.load import load_catalogue
    from pakkeforlop.episodes import store
    from pakkeforlop.episodes.explain import Teller

    linking, source = store.linking_of(patient, as_of=clock.today())
    story = Teller(linking, load_catalogue(), source, "nb").story().episodes[0]
    text = words(page(coder, patient))
    for sentence in (*story.standing, story.limit):
        assert sentence in text


def test_the_number_is_masked_until_it_is_asked_for_and_that_is_logged(coder, patient):
    assert "120556" not in page(coder, patient)
    shown = coder.post(f"/patient/{patient.handle}/number/").content.decode()
    assert "120556 12344" in shown
    assert list(Event.objects.order_by("pk").values_list("kind", "what"))[-2:] == [
        ("looked", "patient"), ("looked", "patient_number"),
    ]  # fmt: skip


def test_neither_name_nor_number_stands_in_the_tab_or_an_address(coder, patient):
    html = page(coder, patient)
    assert "<title>Pasient – Pakkeforløp</title>" in html
    assert not re.search(r'(?:href|action)="[^"]*(?:Lystig|12055612344)', html)


def test_codes_possible_now_are_the_next_point_first(coder, patient):
    html = page(coder, patient)
    shown = re.findall(r'data-code="(A26\w+)"', html)
    assert shown[:6] == ["A26FK", "A26FM", "A26FS", "A26FL", "A26FO", "A26FI"]
    assert "A26S" not in shown
    assert "A26CK" not in shown
    assert "A26A" not in shown
    assert {"A26P", "A26O", "A26X"} <= set(shown)


def test_before_the_first_attendance_the_attendance_is_offered_first(coder):
    made = lung_patient(("A26A", 30))
    shown = re.findall(r'data-code="(A26\w+)"', page(coder, made))
    assert shown[0] == "A26S"
    assert not any(code.startswith("A26F") for code in shown)


def test_a_code_is_saved_and_the_page_offers_undo(coder, patient):
    answer = post(coder, patient, "code", code="a26fk", day=day(35))
    assert answer.status_code == 302
    made = Registration.objects.get(patient=patient, code="A26FK")
    assert made.registered_by == coder.user.pk
    assert answer["Location"] == f"/patient/{patient.handle}/?pathway=A26&saved={made.pk}#code"
    html = page(coder, patient, f"?pathway=A26&saved={made.pk}")
    assert "35 av 42 dager." in words(html)
    assert f'name="registration" value="{made.pk}"' in html


def test_undo_is_a_new_row_and_the_code_is_gone(coder, patient):
    post(coder, patient, "code", code="A26FK", day=day(35))
    made = Registration.objects.get(patient=patient, code="A26FK")
    post(coder, patient, "undo", registration=made.pk, key="k2")
    assert Registration.objects.filter(registration_id=made.registration_id).count() == 2
    assert Episode.objects.get(patient=patient).end is None


def test_a_double_click_saves_once(coder, patient):
    patient.refresh_from_db()
    fields = {"key": "same", "revision": patient.revision, "institution": HAUKELAND, "code": "A26FK", "day": day(35)}
    first = coder.post(f"/patient/{patient.handle}/code/", fields)
    again = coder.post(f"/patient/{patient.handle}/code/", fields)
    assert (first.status_code, again.status_code) == (302, 302)
    assert Registration.objects.filter(patient=patient, code="A26FK").count() == 1
    assert "lagret fra før" in words(page(coder, patient))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code": "A26KF", "day": day(35)}, "A26KF finnes ikke i kodeverket."),
        ({"code": "A26FK", "day": ""}, "Datoen mangler."),
        ({"code": "A26FK", "day": day(39)}, "24.01.2022 er ikke kommet ennå."),
        ({"code": "A03A", "day": day(35)}, "A03A kunne brukes til og med 30.04.2021"),
    ],
)
def test_what_stops_a_code_is_a_sentence_and_what_was_typed_stays(coder, patient, fields, sentence):
    answer = post(coder, patient, "code", **fields)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in words(html)
    assert f'value="{fields["code"]}"' in html
    assert Registration.objects.filter(patient=patient).count() == 3


def test_a_place_outside_ones_units_stops_it(coder, patient):
    answer = post(coder, patient, "code", code="A26FK", day=day(35), institution=FORDE)
    assert answer.status_code == 422
    assert "ikke blant enhetene" in words(answer.content.decode())


def test_a_future_date_shows_what_it_would_give_and_can_be_a_reminder(patient):
    client = client_for(("coordinator", HAUKELAND), username="anker")
    text = words(post(client, patient, "code", do="show", code="A26FK", day=day(39)).content.decode())
    assert "Hvis koden settes 24.01.2022 Nå Da Frist" in text
    assert "Behandling 6 10 14" in text
    assert "Hele forløpet 35 39 42" in text
    assert "Minn meg ma 24. jan" in text
    post(client, patient, "code", do="remind", code="A26FK", day=day(39), key="k9")
    assert Task.objects.get(patient=patient).text == "Sett koden A26FK"


def test_a_warning_shows_its_number_and_what_to_do_and_never_stops(coder):
    made = lung_patient(("A26A", 0))
    text = words(post(coder, made, "verdict", code="A26CK", day=day(35)).content.decode())
    assert "108: " in text
    assert text.count("lagres likevel.") == 1
    assert post(coder, made, "code", code="A26CK", day=day(35), key="k5").status_code == 302


def test_nothing_is_saved_by_looking(coder, patient):
    before = Registration.objects.count()
    post(coder, patient, "verdict", code="A26FK", day=day(35))
    post(coder, patient, "code", do="show", code="A26FK", day=day(35))
    assert Registration.objects.count() == before


def test_a_correction_keeps_the_old_row_with_who_when_and_why(coder, patient):
    made = Registration.objects.get(patient=patient, code="A26CK")
    html = page(coder, patient, f"?correct={made.pk}")
    assert f'value="{day(29)}"' in html
    assert "Rett A26CK" in words(html)
    answer = post(coder, patient, "code", correct=made.pk, code="A26CK", day=day(27), reason="Dato var MDT-møtet")
    assert answer.status_code == 302
    text = words(page(coder, patient))
    assert "Erstattet 20. jan av Prøve penn. Grunn: «Dato var MDT-møtet»" in text
    assert "21 av 21 dager" in text
    # A correction of the correction leaves three rows.
    newest = Registration.objects.get(patient=patient, code="A26CK", version=2)
    post(coder, patient, "code", correct=newest.pk, code="A26CK", day=day(28), reason="En dag til", key="k3")
    assert page(coder, patient).count("<del>A26CK</del>") == 2


def test_a_correction_without_a_reason_is_stopped(coder, patient):
    made = Registration.objects.get(patient=patient, code="A26CK")
    answer = post(coder, patient, "code", correct=made.pk, code="A26CK", day=day(27), reason="")
    assert answer.status_code == 422
    assert "Begrunnelse mangler." in words(answer.content.decode())


def test_a_withdrawn_code_stays_in_the_history(coder, patient):
    made = Registration.objects.get(patient=patient, code="A26CK")
    post(coder, patient, "withdraw", correct=made.pk, reason="Feil pasient")
    text = words(page(coder, patient))
    assert "Trukket tilbake 20. jan av Prøve penn. Grunn: «Feil pasient»" in text
    assert Episode.objects.get(patient=patient).decision is None


def test_the_second_of_two_is_told_and_loses_nothing(coder, patient):
    patient.refresh_from_db()
    seen = patient.revision
    other = User.objects.create(username="anker", display_name="Stødig Anker")
    enter(patient, "A26P", 31, by=None)
    answer = post(coder, patient, "code", code="A26FK", day=day(35), revision=seen)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "lagret A26P" in words(html)
    assert 'value="A26FK"' in html
    assert f'value="{day(35)}"' in html
    patient.refresh_from_db()
    assert f'name="revision" value="{patient.revision}"' in html
    assert post(coder, patient, "code", code="A26FK", day=day(35), key="k7").status_code == 302
    assert other.display_name


def test_a_postponement_turns_the_days_grey_and_a_delay_reason_is_shown(coder, patient):
    post(coder, patient, "code", code="A26P", day=day(31), delay="patient")
    html = page(coder, patient)
    assert "eget ønske" in html
    assert "Forsinket: pasientens eget ønske." in words(html)


def test_a_proposal_fills_the_form_and_is_settled_by_saving(coder):
    made = lung_patient(("A26A", 28))
    proposal = Proposal.objects.create(
        patient=made, pathway="A26", code="A26S", event_date=clock.today(), institution=HAUKELAND,
        evidence="Poliklinikk", made_at=clock.now(),
    )  # fmt: skip
    html = page(coder, made, f"?proposal={proposal.pk}")
    assert 'value="A26S"' in html
    assert "Poliklinikk" in html
    assert post(coder, made, "code", code="A26S", day=day(35), proposal=proposal.pk).status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == "confirmed"


def test_tasks_and_notes_are_written_from_the_page(patient):
    client = client_for(("coordinator", HAUKELAND), username="anker")
    row = f"{patient.handle}.A26.1"
    post(client, patient, "work", do="note", text="Ringt pasienten", row=row, key="n1")
    post(client, patient, "work", do="task", text="Bestill narkosetilsyn", row=row, key="t1", due="2022-01-21")
    assert Note.objects.get(patient=patient).text == "Ringt pasienten"
    text = words(page(client, patient))
    assert "Ringt pasienten" in text
    assert "Bestill narkosetilsyn" in text


def test_a_missed_appointment_stands_with_a_cross_and_can_be_followed_up(patient):
    client = client_for(("coordinator", HAUKELAND), username="anker")
    book(patient, "examination", "Biopsi", 13, status="missed")
    html = page(client, patient)
    assert "Ikke møtt: Biopsi" in html
    assert 'name="do" value="follow"' in html


def test_other_pathways_of_the_patient_are_named(coder, patient):
    enter(patient, "A01A", 20)
    text = words(page(coder, patient, "?pathway=A26"))
    assert "Brystkreft A01, forløp 1 åpent" in text


def test_a_patient_without_codes_says_what_begins_a_pathway(coder):
    made = lung_patient()
    book(made, "attendance", "Poliklinikk", 36)
    text = words(page(coder, made, "?pathway=A26"))
    assert "Ikke noe forløp." in text
    assert "Ingen registreringer i dette forløpet." in text


def test_somebody_outside_gets_the_page_that_asks_for_a_reason(patient):
    client = client_for(("coder", FORDE), username="granne")
    answer = client.get(f"/patient/{patient.handle}/")
    assert "Lystig" not in answer.content.decode()


def test_without_the_right_to_code_there_is_no_form(patient):
    client = client_for(("mdt", HAUKELAND), username="lupe")
    html = page(client, patient)
    assert 'id="entry"' not in html
    assert "correct=" not in html
    assert client.post(f"/patient/{patient.handle}/code/", {"code": "A26FK"}).status_code == 403


def test_nobody_without_login_sees_anything(patient):
    assert Client().get(f"/patient/{patient.handle}/").status_code == 302


@pytest.mark.parametrize(("language", "said"), [("nn", "Slik tel forløpet"), ("en", "How the pathway counts")])
def test_the_page_is_whole_in_the_other_languages(coder, patient, language, said):
    User.objects.filter(pk=coder.user.pk).update(language=language)
    assert said in page(coder, patient)


# --- a proposed code on the page ---------------------------------------------------------------------------------------


def _coder_and_proposal():
    made = lung_patient(("A26A", 28), name="Kvikk Regnjakke")
    one = Proposal.objects.create(
        patient=made, pathway="A26", code="A26S", event_date=clock.today(), institution=HAUKELAND,
        evidence="Oppmøte i timeboken", made_at=clock.now(),
    )  # fmt: skip
    refresh([made.pk], on=clock.today(), at=clock.now())
    return client_for(("coder", HAUKELAND), username="forslag"), made, one


def test_the_page_offers_the_proposed_code_with_grounds_and_effect():
    coder, made, one = _coder_and_proposal()
    html = coder.get(f"/patient/{made.handle}/").content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "Foreslått kode A26S første fremmøte, 20. jan" in text
    assert "Grunnlag: Oppmøte i timeboken. Fremmøte blir 7 av 7" in text
    assert "Foreslått kode A26S, torsdag 20. januar, er ikke bekreftet." in text
    assert f"proposal={one.pk}#code" in html
    changing = coder.get(f"/patient/{made.handle}/?pathway=A26&proposal={one.pk}").content.decode()
    assert 'class="proposed"' not in changing, "the form has it then"


def test_the_proposed_code_is_confirmed_or_rejected_on_the_page_and_taken_back():
    coder, made, one = _coder_and_proposal()
    address = f"/patient/{made.handle}/"
    html = coder.get(address).content.decode()
    form = re.search(r'<form method="post" action="[^"]+" data-does="b">(.*?)</form>', html, re.S)[1]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) | {"do": "save"}
    fields.pop("csrfmiddlewaretoken", None)
    coder.post(f"{address}code/", fields)
    saved = Registration.objects.get(patient=made, code="A26S")
    one.refresh_from_db()
    assert one.state == "confirmed"
    coder.post(f"{address}undo/", {"registration": saved.pk, "key": "u", "pathway": "A26"})
    assert Registration.objects.filter(patient=made, withdrawn=True).count() == 1
    Proposal.objects.filter(pk=one.pk).update(state="open")
    coder.post(f"{address}reject/", {"proposal": one.pk, "reason": " ", "key": "r1", "pathway": "A26"})
    one.refresh_from_db()
    assert one.state == "open"
    coder.post(f"{address}reject/", {"proposal": one.pk, "reason": "Ikke møtt", "key": "r2", "pathway": "A26"})
    one.refresh_from_db()
    assert (one.state, one.reason) == ("rejected", "Ikke møtt")
    page = coder.get(address).content.decode()
    url, inside = re.search(r'undo-offer" method="post" action="([^"]+)">(.*?)</form>', page, re.S).groups()
    coder.post(url, dict(re.findall(r'name="(\w+)" value="([^"]*)"', inside)))
    one.refresh_from_db()
    assert one.state == "open"


def test_the_page_and_the_list_hold_a_pathway_to_the_same_limits():
    """Medical treatment is planned: seven days for it and 35 for the whole of lung cancer, on both."""
    from pakkeforlop.coordination.models import WorklistRow

    made = lung_patient(("A26A", 0), ("A26S", 5), ("A26CK", 25))
    book(made, "medical", "Cytostatikakur", 34, status="attended")
    refresh([made.pk], on=clock.today(), at=clock.now())
    row = WorklistRow.objects.get(patient=made)
    assert (row.phase, row.phase_limit, row.whole_limit) == ("treatment", 7, 35)
    html = client_for(("coder", HAUKELAND), username="grenser").get(f"/patient/{made.handle}/").content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "Dag 35 av 35." in text
    assert "35 av 35 dager så langt" in text
    assert "10 av 7 dager så langt" in text


def test_a_time_whose_code_was_passed_over_is_not_said_to_run(coder):
    """Decided on day 3 without a first attendance, day 35 today: nothing runs to a first attendance any more."""
    made = lung_patient(("A26A", 0), ("A26CK", 3))
    text = words(coder.get(f"/patient/{made.handle}/").content.decode())
    assert "Fremmøte Kan ikke måles: koden mangler, og en senere er registrert." in text
    assert "Fremmøte 35" not in text
    assert "108: Beslutningen har ikke noe fremmøte før seg." in text


@pytest.mark.parametrize("fields", [{"code": "A26KF", "day": day(35)}, {"code": "A03A", "day": day(35)}, {"code": "A26S", "day": "01.01.2014"}])
def test_of_what_is_never_saved_no_effect_is_told(coder, patient, fields):
    text = words(post(coder, patient, "verdict", **fields).content.decode())
    assert "lagres" not in text
    assert "Hvis koden settes" not in text
    assert len(text.strip()) > 20


def test_a_cancelled_appointment_is_followed_up_too(patient):
    client = client_for(("coordinator", HAUKELAND), username="anker")
    gone = book(patient, "examination", "CT", 30, status="cancelled")
    html = client.get(f"/patient/{patient.handle}/").content.decode()
    assert "Avlyst: CT" in words(html)
    assert "Hva er gjort etter at timen lø 15. jan ble avlyst?" in words(html).replace("\xa0", " ")
    row = f"{patient.handle}.A26.1"
    fields = {"do": "follow", "row": row, "appointment": gone.pk, "text": "Ny time 25. januar", "key": "f1", "pathway": "A26"}
    client.post(f"/patient/{patient.handle}/work/", fields)
    html = client.get(f"/patient/{patient.handle}/").content.decode()
    assert "Fulgt opp: Ny time 25. januar" in words(html)
    assert f'name="appointment" value="{gone.pk}"' not in html
