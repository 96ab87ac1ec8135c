"""Room for mental health: a draft of D01, D11 and D12 as data alone, in a copy of the catalogue.

What a family must hold for them: codes that repeat freely, what comes first and what may not come after, an end after
which all but a start is superfluous, ages, spans to the first of a point and to the next one, and limits of their own.
The draft is not shipped; its numbers are those of the register's messages and times, its readings are drafts.
"""

from __future__ import annotations

from datetime import date

import pytest

from pakkeforlop.catalogue.as_of import pathway_on
from pakkeforlop.catalogue.limits import in_force
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.catalogue.model import Need

OUTCOMES = {
    "C": "A I K P S T U",
    "H": "A I K P S T",
    "S": "I M",
    "U": "B F U V",
    "X": "A G L M N O P R",
}
NEEDS = {
    "M": '[{ present = ["decision"], message = 211 }]',
    "C": '[{ missing = ["attendance"], message = 208 }]',
    "E": '[{ missing = ["decision"], message = 221 }]',
    "F": '[{ missing = ["decision"], message = 222 }]',
}
POINTS = {
    "A": "start",
    "M": "attendance",
    "C": "decision",
    "D": "detoxification",
    "E": "evaluation",
    "F": "feedback",
    "S": "meeting",
    "U": "activity",
    "H": "need_at_end",
    "L": "postponed",
    "X": "end",
}
FAMILY = """
key = "mental_health"
name = { nb = "Psykisk helse og rus", nn = "Psykisk helse og rus", en = "Mental health and substance use" }
source = "NHN"
confidence = "inferred"
unknown_code = 201
not_introduced = 913
orphan_before_start = 914
orphan_without_start = 915
share_from = "attendance"
share_to = "decision"
share_label = "M–C"
share_limit = ["mc"]
"""
SPANS = """
[[span]]
key = "mc"
label = "M–C"
limit = "MC"
name = { nb = "Fra første fremmøte til beslutning", nn = "Frå første frammøte til avgjerd", en = "First attendance to decision" }
start = "attendance"
to = "decision"

[[span]]
key = "ce"
label = "C–E"
limit = "CE"
name = { nb = "Fra beslutning til første evaluering", nn = "Frå avgjerd til første evaluering", en = "Decision to first evaluation" }
start = "decision"
to = "evaluation"
to_next = true
"""  # noqa: E501
OWN_MESSAGES = {913: "not introduced", 914: "before the start", 915: "no start"}
"""The register's list has no numbers for these in mental health."""
LIMITS = {"D01": {"MC": 21, "CE": 7}, "D11": {"MC": 42}, "D12": {"MC": 42}}
KEYS = {"D01": "substance_use", "D11": "mental_health_adults", "D12": "mental_health_young"}
NAMES = {
    "D01": ("Rusbehandling (TSB)", "Rusbehandling (TSB)", "Substance use treatment"),
    "D11": ("Psykisk helsevern, voksne", "Psykisk helsevern, vaksne", "Mental health care, adults"),
    "D12": ("Psykisk helsevern, barn og unge", "Psykisk helsevern, barn og unge", "Mental health care, young"),
}


def text(nb: str, nn: str, en: str) -> str:
    return f'{{ nb = "{nb}", nn = "{nn}", en = "{en}" }}'


def events() -> str:
    lines: list[str] = []
    for letter, point in POINTS.items():
        for outcome in OUTCOMES.get(letter, "").split() or [""]:
            lines += ["", "[[event]]", f'suffix = "{letter + outcome}"', f'point = "{point}"']
            lines += [f"name = {text(letter + outcome, letter + outcome, letter + outcome)}"]
            lines += [f'kind = "{outcome}"'] if outcome else []
            lines += [f"needs = {NEEDS[letter]}"] if letter in NEEDS else []
            lines += ["opens = true"] if letter == "A" else []
            lines += ["postpones = true"] if letter == "L" else []
            lines += [f'closes = "X{outcome}"', "after_end = 225"] if letter == "X" else []
            lines += ['source = "NHN"', 'confidence = "inferred"']
    return "\n".join(lines) + "\n"


def pathway(code: str, suffixes: list[str]) -> str:
    lines = [f'code = "{code}"', f'key = "{KEYS[code]}"', 'family = "mental_health"', f"name = {text(*NAMES[code])}"]
    lines += [f"short = {text(*NAMES[code])}", "introduced = 2019-01-01", 'introduced_source = "PHRDATE"']
    lines += ['introduced_confidence = "stated"', "inclusion = false", 'inclusion_source = "OWN"']
    lines += [f"suffixes = {suffixes!r}".replace("'", '"')]
    lines += ["max_age = 17", "max_age_message = 216"] if code == "D12" else []
    for span, days in LIMITS[code].items():
        lines += ["", f"[[time_limit.{span}]]", "valid_from = 2019-01-01", f"days = {days}"]
        lines += ['source = "P5"', 'confidence = "stated"', 'note = "Outpatient."']
    return "\n".join(lines) + "\n"


def messages() -> str:
    lines: list[str] = []
    for number, said in OWN_MESSAGES.items():
        lines += ["[[message]]", f"number = {number}", "sets_aside = true", f"text = {text(said, said, said)}"]
        lines += [f"what_now = {text(said, said, said)}", f'predicate = "{said}"', 'example = ""']
        lines += ['source = "OWN"', 'confidence = "choice"']
    return "\n".join(lines) + "\n"


@pytest.fixture
def draft(copy, catalogue):
    (copy.folder / "messages" / "draft.toml").write_text(messages(), encoding="utf-8")
    (copy.folder / "families" / "mental_health.toml").write_text(FAMILY + events() + SPANS, encoding="utf-8")
    for code, key in KEYS.items():
        suffixes = [listed[3:] for listed in catalogue.codes if listed.startswith(code)]
        file = copy.folder / "pathways" / f"{code.lower()}_{key}.toml"
        file.write_text(pathway(code, suffixes), encoding="utf-8")
    return copy


def test_the_draft_has_no_faults(draft):
    """The listed codes follow from the draft's family, both ways."""
    assert draft.said() == []


def test_the_draft_holds_what_mental_health_asks(draft):
    catalogue = load_catalogue(draft.folder)
    family = catalogue.families["mental_health"]
    events = {event.suffix: event for event in family.event}
    assert events["CU"].needs == (Need(missing=("attendance",), message=208),)
    assert events["M"].needs == (Need(present=("decision",), message=211),)
    assert events["E"].needs[0].message == 221
    assert events["F"].needs[0].message == 222
    assert {event.repeat for event in family.event} == {"keep"}
    assert {event.after_end for event in family.event if event.closes} == {225}
    assert family.unknown_code == 201
    assert [span.to_next for span in family.span] == [False, True]
    young = catalogue.pathways["D12"]
    assert (young.max_age, young.max_age_message) == (17, 216)


@pytest.mark.parametrize(("code", "span", "days"), [("D01", "MC", 21), ("D01", "CE", 7), ("D11", "MC", 42)])
def test_the_draft_has_its_own_limits(draft, code, span, days):
    pathway = load_catalogue(draft.folder).pathways[code]
    assert in_force(pathway, span, on=date(2020, 1, 1)).days == days


def test_the_draft_can_be_shown_and_keeps_the_official_labels(draft):
    catalogue = load_catalogue(draft.folder)
    shown = pathway_on(catalogue, catalogue.pathways["D01"], date(2020, 1, 1))
    assert len(shown.codes) == 32
    assert shown.codes[0].nb.startswith("Tverrfaglig spesialisert rusbehandling (TSB);")
    assert len(catalogue.codes) == 727


def test_a_suffix_that_the_list_does_not_have_is_found(draft):
    draft.change("pathways/d01_substance_use.toml", '"A", ', '"A", "UV", ')
    (fault,) = draft.faults()
    assert fault.said.key == "derived_not_listed"


def test_the_engine_links_the_draft_without_new_code(draft):
    """First attendance to decision, decision to the first evaluation, and a code after the end."""
    from pakkeforlop.episodes.rows import link_rows

    days = {"D01A": 8, "D01M": 15, "D01CT": 29, "D01E": 31}
    rows = [
        {"patient_id": "p1", "code": code, "event_date": date(2024, 1, day), "institution": "974557746"}
        for code, day in days.items()
    ]
    later = [("D01E", date(2024, 2, 10)), ("D01XG", date(2024, 3, 1)), ("D01E", date(2024, 3, 2))]
    rows += [rows[0] | {"code": code, "event_date": day} for code, day in later]
    catalogue = load_catalogue(draft.folder)
    linked = link_rows(rows, catalogue=catalogue, as_of=date(2024, 12, 31))
    (episode,) = linked.episodes
    assert (episode["mc_days"], episode["mc_limit"], episode["ce_days"], episode["ce_limit"]) == (14, 21, 2, 7)
    assert (episode["end"], episode["share_within"]) == ("XG", True)
    assert [(message["row"], message["message"]) for message in linked.messages] == [(7, 225)]
