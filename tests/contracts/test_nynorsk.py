"""No word of bokmål stands in a nynorsk text, wherever in the product it lies."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "pakkeforlop"
FILES = sorted(PACKAGE.rglob("*.toml"))
BOKMAL = frozenset(
    """ikke fra hvis hvilken hvilke hvordan hvorfor hvor hva hvem noen noe være gjøre gjør pasienter dager uke uker måned
    måneder helseforetak helseforetaket sykehus sykehuset beslutning beslutningen utredning utredningen fremmøte fremmøtet
    åpen åpent hver hvert bare mer selv ble blitt jeg dem disse fikk sier vet skrevet lest allerede endret registreringer
    registreringene filen mappen listen raden linjen tallene tallet andelen andel enheten innen flere koder kodene tiden
    behandlingen heter slutter finnes trenger brukes lagres leses sendes telles regnes mangler ligger dere hennes navn
    navnet eget egne mye fremdeles fortsatt sammen hjem hjemme kreftpasienter henvist henviser avsluttet startet gjaldt
    utsatt ventet kommuner sykmeldt spørre leger""".split()
)
"""Forms that nynorsk does not have."""
NOT_WORDS = re.compile(r"«[^»]*»|\{[^}]*\}|https?\S+|\b[\w-]+\.(?:csv|json|toml|xlsx|md)\b|--[\w-]+|\w+-(?:en|et|ene)\b")
NAMES = {"Henvisning v2.0"}


def told(value: Any) -> Iterator[str]:
    """Every text of a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from told(part)
    elif isinstance(value, list):
        for part in value:
            yield from told(part)


def nynorsk(value: Any) -> Iterator[str]:
    """The texts that stand under `nn`."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from told(part) if key == "nn" else nynorsk(part)
    elif isinstance(value, list):
        for part in value:
            yield from nynorsk(part)


def words(text: str) -> set[str]:
    for name in NAMES:
        text = text.replace(name, "")
    return set(re.findall(r"[a-zæøå]+", NOT_WORDS.sub(" ", text).casefold()))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_bokmal_in_nynorsk(file: Path):
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    texts = told(content) if file.name == "nn.toml" else nynorsk(content)
    assert [(sorted(words(text) & BOKMAL), text) for text in texts if words(text) & BOKMAL] == []


def test_there_are_texts_to_read_and_a_word_is_seen():
    assert sum(1 for file in FILES for _ in nynorsk(tomllib.loads(file.read_text(encoding="utf-8")))) > 500
    assert words("Pasienten fikk ikke svar i «fra»-feltet") & BOKMAL == {"fikk", "ikke"}
