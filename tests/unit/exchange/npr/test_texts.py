"""Every line stands in three languages with the same values."""

from __future__ import annotations

import string
import tomllib
from pathlib import Path

import pytest

import pakkeforlop.exchange.npr.told as told

FOLDER = Path(told.__file__).parent / "texts"
TEXTS = {
    key: texts for path in sorted(FOLDER.glob("*.toml")) for key, texts in tomllib.loads(path.read_text(encoding="utf-8")).items()
}
"""What the commands print, and why messages are not taken."""


@pytest.mark.parametrize("key", TEXTS)
def test_each_line_is_there_in_three_languages(key):
    texts = TEXTS[key]
    assert list(texts) == ["nb", "nn", "en"]
    values = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts.values()]
    assert values[0] == values[1] == values[2]
