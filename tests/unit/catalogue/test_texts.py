"""Texts stand in three languages, sources are known, and what is our own reading says so."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

import pakkeforlop.catalogue.load as load
from pakkeforlop.catalogue.checks.look import models_in
from pakkeforlop.catalogue.documents import read_documents
from pakkeforlop.catalogue.model import Sourced, Text
from pakkeforlop.catalogue.shapes import SHAPES

FOLDER = Path(load.__file__).parent
TEXTS = FOLDER / "texts"
LANGUAGES = {"nb", "nn", "en"}


def definitions(catalogue):
    for name in type(catalogue).model_fields:
        value = getattr(catalogue, name)
        yield from models_in(value if not isinstance(value, dict) else dict(value), (name,))


def test_every_fact_names_a_known_source_and_how_sure_it_is(catalogue):
    facts = [(loc, fact) for loc, fact in definitions(catalogue) if isinstance(fact, Sourced)]
    assert len(facts) > 1000
    for loc, fact in facts:
        assert fact.source in catalogue.sources, loc
        assert set(fact.also) <= set(catalogue.sources), loc
        assert fact.confidence, loc


def test_our_own_readings_are_marked_as_such(catalogue):
    """A choice has our own source, and what has our own source is a choice or inferred."""
    for loc, fact in definitions(catalogue):
        if isinstance(fact, Sourced) and fact.source == "OWN":
            assert fact.confidence in {"choice", "inferred"}, loc
        if isinstance(fact, Sourced) and fact.confidence == "choice" and loc[0] != "disclosure":
            assert fact.source == "OWN", loc


def test_sources_with_an_address_have_one_that_can_be_followed(catalogue):
    for source in catalogue.sources.values():
        assert source.title
        assert not source.address or re.fullmatch(r"https?://\S+", source.address), source.key


def test_texts_end_as_sentences_and_do_not_shout(catalogue):
    for message in catalogue.messages.values():
        for language in LANGUAGES:
            for text in (message.text.of(language), message.what_now.of(language)):
                assert text[0].isupper(), message.number
                assert text.endswith("."), message.number
                assert "!" not in text, message.number
                assert "  " not in text, message.number


def test_nynorsk_is_not_bokmal(catalogue):
    """Words that only the other form has: a text copied from one to the other is found."""
    only_bokmal = re.compile(
        r"\b(ikke|hva|hvor|henvisning\w*|sykehus\w*|sykdom\w*|beslutning\w*|fremmøte\w*|utredning\w*|antall|andelen?|"
        r"ble|avsluttede|mottatt|eller ikke|noe[tn]?|fra|av en|hun|jeg|Koden lagres)\b"
    )
    only_nynorsk = re.compile(r"\b(ikkje|kva|kor|tilvising\w*|sjukehus\w*|avgjerd\w*|frammøte\w*|frå|ho)\b")
    for loc, text in definitions(catalogue):
        if isinstance(text, Text):
            assert not only_bokmal.search(text.nn), (loc, text.nn)
            assert not only_nynorsk.search(text.nb), (loc, text.nb)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", ["faults.toml", "words.toml"])
def test_every_sentence_has_three_languages_with_the_same_values(name):
    texts = tomllib.loads((TEXTS / name).read_text(encoding="utf-8"))
    if name == "words.toml":
        texts = {f"{group}.{key}": text for group, texts_of in texts.items() for key, text in texts_of.items()}
    for key, text in texts.items():
        assert set(text) == LANGUAGES, key
        assert len({frozenset(placeholders(sentence)) for sentence in text.values()}) == 1, key


def test_every_fault_sentence_is_said_somewhere():
    keys = set(tomllib.loads((TEXTS / "faults.toml").read_text(encoding="utf-8")))
    source = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py"))
    assert {key for key in keys if f'"{key}"' not in source} == set()


def test_no_definition_tells_where_it_was_made():
    documents, _ = read_documents(load.PACKAGED)
    for document in documents:
        assert document.folder in SHAPES
        assert not re.search(r"decisions\.md|coding\.md|indicators\.md|shared/", document.text), document.name
