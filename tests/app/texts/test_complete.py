"""Every text in three languages: the same names, the same values to fill in, and every name that is asked for is there."""

import re
import string
import tomllib
from pathlib import Path

import pytest

import pakkeforlop.web
from pakkeforlop.web.words import LANGUAGES, load_words

WEB = Path(pakkeforlop.web.__file__).parent
FAMILIES = sorted(folder.parent.name for folder in WEB.glob("*/texts"))
ASKED = re.compile(r"""\b(?:t|words)(?:\.(?:html|count|many|has))?\(\s*["']([a-z_]+(?:\.[\w]+)+)["']""")
SAID = re.compile(r"[A-Za-zÆØÅæøå]{2,}")
FORMS = {"zero", "one", "other"}


def names(entries, before=""):
    """Every text by its whole name; forms of a number are one text."""
    found = {}
    for key, value in entries.items():
        if isinstance(value, dict) and not (set(value) <= FORMS and "other" in value):
            found |= names(value, f"{before}{key}.")
        else:
            found[f"{before}{key}"] = value
    return found


def read(family, language):
    return names(tomllib.loads((WEB / family / "texts" / f"{language}.toml").read_text("utf-8")))


def holes(text):
    forms = text.values() if isinstance(text, dict) else text if isinstance(text, list) else [text]
    return {hole for form in forms for _, hole, _, _ in string.Formatter().parse(form) if hole is not None}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_three_languages_have_the_same_texts(family):
    per_language = {language: read(family, language) for language in LANGUAGES}
    assert set(per_language["nn"]) ^ set(per_language["nb"]) == set()
    assert set(per_language["en"]) ^ set(per_language["nb"]) == set()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_three_languages_fill_in_the_same_values(family):
    """A form for one may leave the number out; together the forms use the same."""
    per_language = {language: read(family, language) for language in LANGUAGES}
    differ = {
        name: [sorted(holes(per_language[language][name]) - {"n", "word"}) for language in LANGUAGES]
        for name in per_language["nb"]
        if len({frozenset(holes(per_language[language][name]) - {"n", "word"}) for language in LANGUAGES}) > 1
    }
    assert differ == {}


@pytest.mark.parametrize("family", FAMILIES)
def test_no_text_is_empty_or_a_note_to_oneself(family):
    for language in LANGUAGES:
        bad = {
            k: v for k, v in read(family, language).items() if not str(v).strip() or re.search(r"TODO|XXX|\?\?", str(v))
        }
        assert bad == {}


def asked_for():
    """Every whole name written in a template or a module, with where."""
    for path in sorted([*WEB.rglob("*.html"), *WEB.rglob("*.py")]):
        for name in ASKED.findall(path.read_text("utf-8")):
            yield name, str(path.relative_to(WEB))


def test_every_text_that_is_asked_for_is_there_in_three_languages():
    missing = {
        (language, name, where)
        for name, where in asked_for()
        for language in LANGUAGES
        if name.split(".")[0] in FAMILIES and not load_words(language).has(name)
    }
    assert missing == set()


def test_every_family_that_is_asked_for_has_texts():
    assert {name.split(".")[0] for name, _ in asked_for()} - set(FAMILIES) == set()


def test_the_sweep_would_see_a_missing_text():
    assert ASKED.findall("""{{ t("worklist.nothing_of_the_kind") }} {{ t.count('log.x', 3) }}""") == [
        "worklist.nothing_of_the_kind",
        "log.x",
    ]


@pytest.mark.parametrize(
    ("family", "prefix", "keys"),
    [
        ("layout", "nav", "NAVIGATION"),
        ("layout", "role", "Role"),
        ("log", "kind", "EVENT_KINDS"),
        ("log", "reason", "REASON_KINDS"),
        ("directory", "kind", "POST_KINDS"),
    ],
)
def test_texts_that_are_put_together_are_there(family, prefix, keys):
    from pakkeforlop.access import models, rights
    from pakkeforlop.web.layout import frame

    there = {**vars(models), **vars(rights), "NAVIGATION": [name for name, _ in frame.NAVIGATION]}[keys]
    missing = [key for key in there if not load_words("nb").has(f"{family}.{prefix}.{key}")]
    assert missing == []


def test_what_is_done_with_a_patient_has_words_in_the_log():
    """Every page about a patient, by its name."""
    from django.urls import get_resolver

    from pakkeforlop.web.routes import rule_of

    about = [p.name for p in get_resolver().url_patterns if getattr(rule_of(p), "about_patient", False)]
    assert [name for name in about if not load_words("nb").has(f"log.what.{name}")] == []


def test_no_words_stand_in_templates_themselves():
    """Text between tags comes from the text files; signs and brackets may stand."""
    loose = {}
    for path in sorted(WEB.rglob("*.html")):
        text = re.sub(
            r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<script.*?</script>", "", path.read_text("utf-8"), flags=re.S
        )
        words = [
            w.strip()
            for w in re.findall(r">([^<>]+)<", text)
            if SAID.search(re.sub(r"&\w+;|[a-z-]+=\"[^\"]*\"", "", w))
        ]
        if words:
            loose[str(path.relative_to(WEB))] = words
    assert loose == {}
