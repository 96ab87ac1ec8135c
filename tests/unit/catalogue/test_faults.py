"""A faulty catalogue is refused, with every fault at once: file, line, place and a sentence."""

from __future__ import annotations

import re

import pytest

from pakkeforlop.catalogue.documents import lines_of
from pakkeforlop.catalogue.faults import CatalogueFault
from pakkeforlop.catalogue.load import check_catalogue, load_catalogue

BREAST, ORGAN = "pathways/a01_breast.toml", "families/organ_specific.toml"
EVENTS = "event_rules.toml"
SOUTH_EAST = "units/helse_sor_ost.toml"

PLANTED = {
    # name: file, what stands there, what is planted, lines further down, place, sentence
    "unknown key": (BREAST, 'key = "breast"', 'key = "breast"\ncolour = "pink"', 1, "colour", "is not a known key. Known:"),
    "misspelt key": (BREAST, "days = 7", "dayz = 7", 0, "time_limit.OF1[1].dayz", "is not a known key. Should it be days?"),
    "missing key": (BREAST, 'family = "organ_specific"\n', "", None, "family", "is missing."),
    "number in quotes": (BREAST, "days = 7", 'days = "7"', 0, "time_limit.OF1[1].days", "must be a whole number without quotes, not '7'."),
    "date in quotes": (BREAST, "valid_from = 2021-05-01", 'valid_from = "2021-05-01"', 0, "time_limit.OF2[2].valid_from", "must be a date without quotes, such as 2021-05-01, not '2021-05-01'."),
    "date with a time": (BREAST, "introduced = 2015-01-01", "introduced = 2015-01-01T10:00:00", 0, "introduced", "must be a date without quotes"),
    "text without quotes": (BREAST, 'publication = "IS-2247"', "publication = 2247", 0, "publication", "must be text in quotes, not 2247."),
    "one thing for a list": (BREAST, 'icd10 = ["C50"]', 'icd10 = "C50"', 0, "icd10", "must be a list"),
    "yes for true": ("pathways/a36_sarcoma.toml", "inclusion = false", 'inclusion = "no"', 0, "inclusion", "must be true or false, not 'no'."),
    "negative days": (BREAST, "days = 7", "days = -7", 0, "time_limit.OF1[1].days", "is -7, but must be at least 0."),
    "unknown sureness": (BREAST, 'confidence = "stated"', 'confidence = "certain"', 0, "introduced_confidence", "'certain' is not one of"),
    "a text in two languages": (BREAST, ', en = "Breast cancer" }', " }", 0, "name.en", "is missing."),
    "an empty text": (BREAST, 'nb = "Bryst"', 'nb = ""', 0, "short.nb", "is empty."),
    "unknown interval": (BREAST, "[[time_limit.OF1]]", "[[time_limit.OF7]]", 0, "time_limit.OF7", "OF7 is not an interval. Known: OF1, OF2, OF3, OF4."),
    "unknown kind": (BREAST, 'kind = "K"', 'kind = "Q"', 0, "time_limit.OF3[1].kind", "Q is not a kind of treatment. Known: K, M, S, L, O, I."),
    "kind where there is none": (BREAST, "[[time_limit.OF1]]", '[[time_limit.OF1]]\nkind = "K"', 1, "time_limit.OF1[1].kind", "OF1 has one limit for all kinds."),
    "no kind where there is one": (BREAST, 'kind = "K"\n', "", -1, "time_limit.OF3[1]", "needs a kind."),
    "newest first": (BREAST, "valid_from = 2015-01-01\ndays = 7\nsource = \"GEN\"", "valid_from = 2022-01-01\ndays = 7\nsource = \"GEN\"", None, "time_limit.OF2[2]", "valid_from 2021-05-01 is before the version above it (2022-01-01). Versions go oldest first."),
    "two versions of one day": (BREAST, "valid_from = 2021-05-01", "valid_from = 2015-01-01", -1, "time_limit.OF2[2]", "valid_from 2015-01-01 is the day of the version above it."),
    "before introduction": (BREAST, "valid_from = 2015-01-01", "valid_from = 2014-05-01", 0, "time_limit.OF1[1].valid_from", "2014-05-01 is before the pathway is introduced (2015-01-01)."),
    "after the last day": ("pathways/a03_cll.toml", "valid_from = 2015-09-01", "valid_from = 2021-05-01", 0, "time_limit.OF1[1].valid_from", "2021-05-01 is after the last day of the pathway (2021-04-30)."),
    "sum": (BREAST, "days = 32", "days = 33", -3, "time_limit.OF4[2]", "OF4 K is 33 days from 2021-05-01, but OF1 + OF2 + OF3 are 32."),
    "unknown source": (BREAST, 'source = "GEN"', 'source = "GENN"', 0, "time_limit.OF2[1].source", "GENN is not a key of sources.toml."),
    "unknown further source": (BREAST, 'also = ["SN-A01"]', 'also = ["SN-A99"]', 0, "gp_referral.also[1]", "SN-A99 is not a key of sources.toml."),
    "unknown family": (BREAST, 'family = "organ_specific"', 'family = "organspecific"', 0, "family", "organspecific is not a family. Known: diagnostic, mental_health, metastasis, organ_specific."),
    "unknown specialty": (BREAST, '"breast_surgery"', '"surgery_of_breast"', 0, "mdt.core[1]", "surgery_of_breast is not a key of specialties.toml."),
    "unknown message of a pathway": (BREAST, "min_age_message = 117", "min_age_message = 177", 0, "min_age_message", "177 is no message."),
    "not a diagnosis": (BREAST, '["C50"]', '["C5O"]', 0, "icd10[1]", "C5O is not a diagnosis or a range"),
    "diagnosis of another": ("pathways/a02_head_neck.toml", '"C30"', '"C50"', 0, "icd10[2]", "C50 is already in pathways/a01_breast.toml."),
    "code of another": ("pathways/a02_head_neck.toml", 'code = "A02"', 'code = "A01"', 0, "code", "A01 is already used in pathways/a01_breast.toml:2."),
    "file of another": ("pathways/a02_head_neck.toml", 'key = "head_neck"', 'key = "neck"', -1, "code", "A02 neck belongs in a file named a02_neck.toml."),
    "event of no point": (ORGAN, 'missing = ["attendance"]', 'missing = ["attendence"]', 0, "event[5].needs[1].missing", "attendence is not a point of the family."),
    "message of no number": (ORGAN, "message = 108", "message = 1080", 0, "event[5].needs[1].message", "1080 is no message."),
    "no number where a code is set aside": (ORGAN, "not_introduced = 115", "not_introduced = 0", 0, "not_introduced", "0 is no message."),
    "event twice": (ORGAN, 'suffix = "CM"', 'suffix = "CK"', 0, "event[6].suffix", "CK stands here a second time."),
    "span to no point": (ORGAN, 'to = "attendance"', 'to = "visit"', 0, "span[1].to", "visit is not a point of the family."),
    "share of no span": (ORGAN, 'share_limit = ["of4"]', 'share_limit = ["of5"]', 0, "share_limit[1]", "of5 is not an interval."),
    "unknown end": (ORGAN, 'reopened_after = ["FK"', 'reopened_after = ["FX"', 0, "reopened_after[1]", "FX is not an end of the family."),
    "code too many in the list": ("codes/cancer.toml", 'A = "Brystkreft;', 'CU = "Brystkreft"\nA = "Brystkreft;', 0, "prefix[1].label.CU", "A01CU is in the code list, but does not follow from the pathway breast and its family organ_specific."),
    "code missing in the list": ("codes/cancer.toml", 'S = "Brystkreft; Start utredning"\n', "", -3, "prefix[1].label", "A01S follows from the pathway breast and its family organ_specific, but is not in the code list."),
    "first day of the list": ("codes/cancer.toml", "valid_from = 2015-01-01", "valid_from = 2015-02-01", 4, "prefix[1].label.S", "A01S has valid_from 2015-02-01 in the code list, but 2015-01-01 by its pathway."),
    "listed without a pathway": ("codes/cancer.toml", '[[prefix]]', '[[prefix]]\ncode = "A99"\n[prefix.label]\nA = "Ny kreft"\n\n[[prefix]]', 1, "prefix[1].code", "A99 is in the code list, but no pathway has this code."),
    "message twice": ("messages/own.toml", "number = 902", "number = 901", 0, "message[2].number", "901 is already used in messages/own.toml:5."),
    "overlapping periods": (SOUTH_EAST, "valid_to = 2019-01-31", "valid_to = 2019-02-01", None, "hospital[4].belongs[2]", "Kongsvinger belongs to ahus 2019-02-01–, but the period above is –2019-02-01."),
    "unknown trust": (SOUTH_EAST, 'trust = "ahus"', 'trust = "achus"', 0, "hospital[1].belongs[1].trust", "achus is not a trust of the catalogue."),
    "unknown region": (SOUTH_EAST, 'region = "helse_sor_ost"', 'region = "helse_ost"', 0, "trust[1].region", "helse_ost is not a region."),
    "number of another": (SOUTH_EAST, 'org_nr = "974705192"', 'org_nr = "974706490"', 0, "hospital[2].org_nr", "974706490 is already used in"),
    "wrong check digit": (SOUTH_EAST, 'org_nr = "974705192"', 'org_nr = "974705193"', 0, "hospital[2].org_nr", "974705193 is not an organisation number"),
    "span of no family": ("indicators/times.toml", 'span = "of1"', 'span = "of9"', 0, "indicator[2].span", "of9 is not an interval. Known: of1, of2, ce, of3, of4, share."),
    "setting out of bounds": ("settings.toml", "confidence_level = 0.95", "confidence_level = 95.0", 0, "confidence_level", "is 95.0, but must lie between 0 and 1."),
    "bands that fall": ("settings.toml", "[30, 90, 180, 365]", "[30, 180, 90, 365]", 0, "open_age_bands", "must rise from one number to the next."),
    "rule on no event": (EVENTS, 'events = ["death"]', 'events = ["deaths"]', 0, "rule[26].events[1]", "deaths is not a kind of event. Known: referral,"),
    "rule on nothing": (EVENTS, 'events = ["death"]', "events = []", 0, "rule[26].events", "names no event."),
    "unknown finding": (EVENTS, 'findings = ["by_specialist"]', 'findings = ["by_doctor"]', 0, "rule[1].findings[1]", "by_doctor is not a finding."),
    "rule for no family": (EVENTS, 'families = ["metastasis", "diagnostic"]', 'families = ["metastases"]', 0, "rule[13].families[1]", "metastases is not a family."),
    "code of no family": (EVENTS, 'suffix = "CU"', 'suffix = "CX"', 0, "rule[13].suffix", "CX is not a code of the family. Known:"),
    "code of another family": (EVENTS, 'suffix = "CM"', 'suffix = "CU"', 0, "rule[12].suffix", "CU is not a code of the family."),
    "rule on no point": (EVENTS, 'missing = ["transfer"]', 'missing = ["transferred"]', 0, "rule[9].missing[1]", "transferred is not a point of the family."),
    "there and not there": (EVENTS, 'missing = ["transfer"]', 'missing = ["start"]', 0, "rule[9].missing", "start cannot both be there and be missing."),
    "rule in a shadow": (EVENTS, 'findings = ["palliative"]', "", None, "rule[18]", "treatment_surgery is never met: whatever fits here fits treatment_palliative above."),
    "rule that ends before it begins": (EVENTS, "valid_from = 2020-01-01", "valid_from = 2020-01-01\nvalid_to = 2019-12-31", 1, "rule[1].valid_to", "2019-12-31"),
    "rule of no source": (EVENTS, 'suffix = "AA"', 'suffix = "AA"\nwhy = "x"', 1, "rule[1].why", "is not a known key."),
    "day of nothing earlier": (EVENTS, 'earlier = "surgery"', "", None, "rule[16].day_of", "needs earlier"),
    "finding of no rule": (EVENTS, 'findings = ["postpones"]', 'findings = ["withdraws"]', None, "finding[19].key", "postpones is used by no rule."),
    "not TOML": (BREAST, 'icd10 = ["C50"]', "icd10 = C50", 0, "", "is not TOML:"),
    "the same key twice": (BREAST, 'family = "organ_specific"', 'family = "organ_specific"\nfamily = "diagnostic"', 1, "", "is not TOML: Cannot overwrite a value."),
}  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found_where_it_is(copy, name):
    file, old, new, further, place, sentence = PLANTED[name]
    line = copy.change(file, old, new)
    found = [fault for fault in copy.faults() if fault.file == file]
    fitting = [fault for fault in found if fault.path == place and sentence in fault.said.of("en")]
    assert fitting, [str(fault) for fault in found]
    if further is not None:
        assert line + further in [fault.line for fault in fitting]


def test_a_family_needs_a_code_that_opens(copy):
    for _ in ("A", "AA"):
        copy.change("families/diagnostic.toml", "opens = true\n", "")
    assert any("event: no event opens an instance" in said for said in copy.said())


def test_more_than_the_engine_holds(copy):
    copy.change(
        ORGAN, '{ missing = ["attendance"], message = 108 }', ", ".join(['{ missing = ["start"], message = 108 }'] * 4)
    )
    assert any("event[5].needs: 4 are more than the engine has room for (3)." in said for said in copy.said())


def test_all_faults_are_told_at_once_also_in_one_file(copy):
    """An unknown key, a wrong type, a version out of order and a wrong sum; other files and broken ones too."""
    copy.change(BREAST, 'key = "breast"', 'key = "breast"\ncolour = "pink"')
    copy.change(BREAST, "valid_from = 2021-05-01", "valid_from = 2014-05-01")
    copy.change(BREAST, 'core = ["breast_surgery"', 'core = ["breast_surgeon"')
    copy.change("pathways/a02_head_neck.toml", "days = 28", "days = 29")
    copy.change("pathways/a04_myeloma.toml", "days = 3", 'days = "3"')
    copy.change("pathways/a14_bladder.toml", "icd10 = [", "icd10 = ")
    copy.change("units/helse_nord.toml", 'trust = "unn"', 'trust = "uun"')
    told = {(fault.file, fault.path) for fault in copy.faults()}
    assert told >= {
        (BREAST, "colour"),
        (BREAST, "time_limit.OF2[2]"),
        (BREAST, "time_limit.OF2[2].valid_from"),
        (BREAST, "mdt.core[1]"),
        ("pathways/a02_head_neck.toml", "time_limit.OF4[1]"),
        ("pathways/a04_myeloma.toml", "time_limit.OF3[1].days"),
        ("pathways/a14_bladder.toml", ""),
        ("units/helse_nord.toml", "hospital[4].belongs[1].trust"),
    }


def test_a_place_is_named_as_in_the_file_when_a_faulty_block_stands_above_it(copy):
    copy.change(BREAST, "days = 7", 'days = "7"')
    line = copy.change(BREAST, "valid_from = 2021-05-01\ndays = 32", "valid_from = 2014-05-01\ndays = 32")
    assert (BREAST, line - 2, "time_limit.OF4[2]") in [(f.file, f.line, f.path) for f in copy.faults()]


def test_a_broken_list_of_names_does_not_bring_a_flood(copy):
    """With sources.toml broken, the facts that name sources are not faults."""
    copy.change("sources.toml", "[[source]]", "[[source]")
    assert [(fault.file, fault.path) for fault in copy.faults()] == [("sources.toml", "")]


def test_loading_refuses_and_says_so_in_the_readers_language(copy):
    copy.change(BREAST, "days = 32", "days = 33")
    with pytest.raises(CatalogueFault) as refused:
        load_catalogue(copy.folder)
    assert refused.value.exit_code == 11
    assert "1 feil i katalogen:" in refused.value.sentence("nb")
    assert "linje" in refused.value.sentence("nn")
    assert re.search(r"a01_breast\.toml line \d+: time_limit\.OF4\[2\]: OF4 K is 33 days", refused.value.sentence("en"))


def test_a_catalogue_that_was_mended_loads_again(copy):
    copy.change(BREAST, "days = 32", "days = 33")
    with pytest.raises(CatalogueFault):
        load_catalogue(copy.folder)
    copy.change(BREAST, "days = 33", "days = 32")
    assert len(load_catalogue(copy.folder).pathways) == 31


def test_a_folder_that_is_not_there(tmp_path):
    (fault,) = check_catalogue(tmp_path / "nowhere")
    assert "is not a folder" in fault.sentence("en")


def test_an_empty_folder_lacks_what_a_catalogue_needs(tmp_path):
    kinds = {"settings", "disclosure", "sources", "families", "pathways", "messages", "units"}
    assert {fault.file for fault in check_catalogue(tmp_path)} == kinds


def test_a_file_where_nothing_is_read(copy):
    (copy.folder / "pathway").mkdir()
    (copy.folder / "pathway" / "a41.toml").write_text("", encoding="utf-8")
    assert any("pathway/a41.toml: lies where no definition is read" in said for said in copy.said())


def test_a_file_that_is_not_text(copy):
    (copy.folder / BREAST).write_bytes("name = 'Bukspyttkjertel – ø'".encode("latin-1", "replace"))
    assert any("is not UTF-8 text" in said for said in copy.said())


def test_lines_are_found_through_lists_strings_and_nested_tables():
    text = '\n'.join([  # noqa: FLY002
        '# a comment with [brackets]',
        'name = { nb = "[a]", en = "#" }',
        "list = [",
        '  "x]",   # [',
        "  { a = 1 },",
        "]",
        "after = 1",
        "[[hospital]]",
        'org = "1"',
        "[[hospital.belongs]]",
        "trust = 1",
        "[[hospital]]",
        "[[hospital.belongs]]",
        "[[hospital.belongs]]",
        "trust = 2",
        '[table."quoted key"]',
        "a.b = 3",
    ])  # fmt: skip
    lines = lines_of(text)
    assert lines[("name",)] == 2
    assert lines[("after",)] == 7
    assert lines[("hospital", 0, "belongs", 0, "trust")] == 11
    assert lines[("hospital", 1, "belongs", 1, "trust")] == 15
    assert lines[("table", "quoted key", "a", "b")] == 17
