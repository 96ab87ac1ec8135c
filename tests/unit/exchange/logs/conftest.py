"""Logs written in a test, and read through a mapping written in it."""

from __future__ import annotations

import pytest

from factories.logs import EXAMPLES
from pakkeforlop.exchange.logs.convert import convert
from pakkeforlop.exchange.logs.mapping import load_mapping


@pytest.fixture
def mapping(tmp_path, catalogue):
    def load(text):
        file = tmp_path / "mapping.toml"
        file.write_text(text, encoding="utf-8")
        return load_mapping(file, catalogue.codes.keys())

    return load


@pytest.fixture
def example(catalogue):
    """The rows (case, milestone, date) that one of the example mappings gives of some logs."""

    def converted(name, *logs):
        return convert(list(logs), load_mapping(EXAMPLES / name, catalogue.codes.keys()))

    return converted
