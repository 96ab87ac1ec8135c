"""The words of the answers: own ones (`words.toml`), names of indicators and pathways from the catalogue."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.publication.shown import name_of


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


class Words:
    """Words in one language. `words("measure.percent")`; `words.named("pathway_key", "breast")`."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self.catalogue, self.language = catalogue, language
        self._pathways = {one.key: one.name.of(language) for one in catalogue.pathways.values()}

    def __call__(self, key: str) -> str:
        """A text of `words.toml`."""
        found: Any = _texts()
        for part in key.split("."):
            found = found[part]
        return str(found[self.language])

    def named(self, column: str, value: str) -> str:
        """The name of an indicator, pathway or branch; the key itself where it has none."""
        if column == "indicator" and value in self.catalogue.indicators:
            return self.catalogue.indicators[value].name.of(self.language)
        if column == "pathway_key" and value in self._pathways:
            return self._pathways[value]
        if column == "indicator" and value.startswith("mh_"):
            return name_of(value.upper(), self.language)
        group = {"branch": "branch", "pathway_key": "total", "indicator": "indicator"}.get(column, "")
        return self(f"{group}.{value}") if value in _texts().get(group, {}) else value
