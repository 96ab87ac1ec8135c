"""The message as the register documents it: envelope, period, numbers, units, patients, contacts, codes."""

from __future__ import annotations

import json
import zipfile

import pytest

ORD = "NPR_ORD_983974724_2025-02_0001.xml"
IDE = "NPR_IDE_983974724_2025-02_0002.xml"


def test_the_head_of_the_message(written, tree):
    message = tree(written() / ORD).getroot()
    info = message.find("MsgInfo")
    assert info.find("Type").get("V") == "NPR_ORD"
    assert info.findtext("MIGversion") == "v1.2 2006-05-24"
    assert info.findtext("GenDate") == "2025-03-03T08:00:00"
    parties = {
        role: [(one.findtext("Id"), one.find("TypeId").get("V"), one.find("TypeId").get("S"))
               for one in info.find(role).iter("Ident")]
        for role in ("Sender", "Receiver")
    }  # fmt: skip
    scheme = "2.16.578.1.12.4.1.1.9051"
    assert parties == {"Sender": [("983974724", "ENH", scheme)], "Receiver": [("85217", "HER", scheme)]}
    assert message.find("Document/RefDoc/MsgType").get("V") == "XML"


def test_the_period_is_cumulative_and_the_number_stands_there(written, tree):
    melding = tree(written() / ORD).find(".//Melding")
    wanted = {"versjon": "58.0.1", "meldingstype": "B", "fraDatoPeriode": "2025-01-01", "tilDatoPeriode": "2025-02-28",
              "uttakDato": "2025-03-03", "lopenr": "1"}  # fmt: skip
    assert {name: melding.get(name) for name in wanted} == wanted


def test_namespaces_are_of_the_version(written):
    assert b'xmlns="http://www.npr.no/xmlstds/58_0_1_ord"' in (written() / ORD).read_bytes()


def test_patients_contacts_and_codes(written, tree):
    """Two codes of one attendance share a contact; a code without a contact has a technical one (21)."""
    message = tree(written() / ORD)
    assert [(one.get("institusjonID"), one.get("foretakID")) for one in message.iter("Institusjon")] == [
        ("983974724", "983974724")
    ]
    units = {one.get("enhetID"): one.get("orgNr") or one.get("enhetLokal") for one in message.iter("Enhet")}
    holders = list(message.iter("Objektholder"))
    assert [one.get("pasientNr") for one in holders] == ["p1", "p2"]
    person = holders[0].find("Pasient")
    assert (person.get("pasientNr"), person.get("kjonn"), person.get("fodselsar")) == ("p1", "2", "1960")
    found = []
    for episode in holders[0].iter("Episode"):
        codes = [(one.get("prosNr"), *(one.find("Kode").get(n) for n in ("kodeNr", "kodeverk", "kodeVerdi")))
                 for one in episode.iter("Prosedyre")]  # fmt: skip
        places = [(one.get("typeEnhet"), units[one.get("enhetID")]) for one in episode.iter("RefEnhet")]
        found.append((episode.get("innDatoTid"), episode.get("omsorgsniva"), episode.get("komNrHjem"),
                      episode.find("Kontakt").get("indirekteAktivitet"), places, codes))  # fmt: skip
    department = ("7", "Brystdiagnostisk senter")
    assert found == [
        ("2025-01-08T00:00:00", None, "4601", "21", [("1", "974557746"), department], [("r1", "1", "P", "A01A")]),
        ("2025-01-10T00:00:00", "3", "4601", None, [("1", "974557746"), department],
         [("r3", "1", "P", "A01CK"), ("r2", "2", "P", "A01S")]),
        ("2025-02-09T00:00:00", "1", "4601", None, [("1", "974743272")], [(None, "1", "P", "A01FK")]),
    ]  # fmt: skip
    assert next(holders[0].iter("Tiltak")).get("startDatoTid") == "2025-01-08T00:00:00"
    referral = holders[0].find("Henvisningsperiode")
    assert (referral.get("mottaksDato"), referral.get("ansiennitetsDato")) == ("2025-01-06", "2025-01-05")
    assert next(holders[0].iter("Episode")).get("henvisningsperiodeID") == referral.get("henvisningsperiodeID")


def test_codes_of_mental_health_are_of_code_set_t(written, tree):
    holder = list(tree(written() / ORD).iter("Objektholder"))[1]
    code = next(holder.iter("Kode"))
    assert (code.get("kodeVerdi"), code.get("kodeverk")) == ("D01A", "T")


def test_identities_go_apart_and_are_joined_by_guid(written, tree):
    folder = written()
    data, people = tree(folder / ORD), tree(folder / IDE)
    assert people.find(".//Melding").get("lopenr") == "2"
    assert people.find("MsgInfo/Type").get("V") == "NPR_IDE"
    given = {one.get("pasientGUID"): one.get("pid") for one in people.iter("PasientIdent")}
    assert [given[one.get("pasientGUID")] for one in data.iter("Objektholder")] == ["p1", "p2"]


def test_what_is_not_sent_is_counted(written):
    record = json.loads((written() / "run.json").read_text(encoding="utf-8"))
    assert (record["sent"], record["left_out"]) == (
        5, {"no_date": 1, "outside_period": 1, "unknown_institution": 1, "other_sender": 1}
    )  # fmt: skip


def test_packed_messages_hold_the_xml(written):
    folder = written()
    with zipfile.ZipFile((folder / ORD).with_suffix(".zip")) as archive:
        assert archive.read(ORD) == (folder / ORD).read_bytes()


def test_the_same_bytes_for_the_same_moment(written):
    one, two = written(out="one"), written(out="two")
    names = sorted(path.name for path in one.iterdir())
    assert [name for name in names if (one / name).read_bytes() != (two / name).read_bytes()] == []


def test_numbers_grow_by_one_from_run_to_run(written, given, tree):
    ledger = ("--ledger", given / "numbers.json")
    january = written(*ledger, period="2025-01", out="january")
    february = written(*ledger, out="february")
    assert sorted(path.name for path in january.glob("*.xml")) == [
        "NPR_IDE_983974724_2025-01_0002.xml", "NPR_ORD_983974724_2025-01_0001.xml"
    ]  # fmt: skip
    assert sorted(path.name for path in february.glob("*.xml")) == [
        "NPR_IDE_983974724_2025-02_0004.xml", "NPR_ORD_983974724_2025-02_0003.xml"
    ]  # fmt: skip
    assert json.loads((given / "numbers.json").read_text()) == {"983974724/2025": 4}


def test_a_contact_has_the_same_id_in_the_next_shipment(written, tree):
    january, february = written(period="2025-01", out="january"), written(out="february")
    first = {one.get("episodeID") for one in tree(january / ORD.replace("2025-02", "2025-01")).iter("Episode")}
    second = [one.get("episodeID") for one in tree(february / ORD).iter("Episode")]
    assert len(first) == 2
    assert first < set(second)
    assert len(set(second)) == len(second)


def test_a_region_sends_a_message_for_each_of_its_trusts(written):
    folder = written(sender="helse_vest")
    assert [path.name for path in folder.glob("NPR_ORD*.xml")] == [ORD]
    country = written(sender="900000000", out="country")
    assert sorted(path.name.split("_")[2] for path in country.glob("NPR_ORD*.xml")) == ["883974832", "983974724"]


def test_national_ids_never_stand_in_the_data_message(given, run, tree):
    """01017000187 and 41017000183 have right control digits; without a secret nothing is sent."""
    national, d_number = number("010170001"), number("410170001")
    (given / "in.csv").write_text(
        f"patient_id,code,event_date,institution\n{national},A01A,2025-01-08,974557746\n{d_number},A01A,2025-01-09,974557746\n"
    )
    words = ("npr", "write", given / "in.csv", "--sender", "bergen", "--period", "2025-01", "--out", given / "out")
    assert "--key-file" in run(*words, code=2)
    (given / "secret").write_text("long enough to be a secret")
    run(*words, "--key-file", given / "secret")
    data = next((given / "out").glob("NPR_ORD*.xml")).read_text(encoding="utf-8")
    assert national not in data
    assert d_number not in data
    people = tree(next((given / "out").glob("NPR_IDE*.xml")))
    assert {(one.get("pid"), one.get("typeID")) for one in people.iter("PasientIdent")} == {(national, "1"), (d_number, "2")}
    run("npr", "read", *(given / "out").glob("*.zip"), "--out", given / "back")
    import pyarrow.parquet as pq

    rows = pq.read_table(given / "back/registrations.parquet").to_pylist()
    assert sorted(row["patient_id"] for row in rows) == sorted([national, d_number])


def number(start):
    """A national identity number with control digits, worked out by the published weights."""
    for serial in range(100):
        digits = [int(one) for one in f"{start[:6]}{int(start[6:]) + serial:03}"]
        first = 11 - sum(a * b for a, b in zip(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2), strict=True)) % 11
        digits.append(first % 11)
        second = 11 - sum(a * b for a, b in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        digits.append(second % 11)
        if 10 not in digits:
            return "".join(map(str, digits))
    raise AssertionError


def test_vendors_test_with_their_number_at_the_validation_service(written, tree):
    written("--out", "x", sender="777777777", code=2)
    folder = written("--test", sender="777777777", out="vendor")
    (message,) = [tree(path) for path in folder.glob("NPR_ORD*.xml")]
    assert message.find("MsgInfo/Receiver").findtext(".//Id") == "121017"
    assert message.find(".//Institusjon").get("institusjonID") == "777777777"
    assert len(list(message.iter("Kode"))) == 7


@pytest.mark.parametrize(
    ("more", "told"),
    [({"sender": "123456789"}, 2), ({"period": "2025-13"}, 2), ({"period": "2030-01"}, 2), ({"period": "9999-12"}, 2), ({"sender": "ahus"}, 2)],
)
def test_what_cannot_be_sent_is_refused(written, given, more, told):
    written(**more, code=told)
    assert not (given / "message").exists()


def test_contacts_and_system_of_a_file(written, given, tree):
    (given / "system.toml").write_text(
        '[system]\nsupplier = "DIPS AS"\nsystem = "Arena"\nher = "123"\nreceiver = "999"\n'
        '[[contact]]\nname = "Kari"\nkind = "12"\nemail = "kari@example.org"\n'
    )
    message = tree(written("--system", given / "system.toml") / ORD)
    melding = message.find(".//Melding")
    assert (melding.get("leverandor"), melding.get("navnEPJ")) == ("DIPS AS", "Arena")
    (contact,) = message.iter("Kontaktperson")
    assert (contact.get("kontPerson"), contact.get("typeKontaktperson"), contact.get("meldEpost1")) == (
        "Kari", "12", "kari@example.org"
    )  # fmt: skip
    assert [one.text for one in message.find("MsgInfo").iter("Id")] == ["983974724", "123", "999"]
    (given / "faulty.toml").write_text('[system]\nsuplier = "x"\n')
    written("--system", given / "faulty.toml", code=11)
