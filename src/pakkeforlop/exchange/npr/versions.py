"""Versions of the message: names, code sets and schemas as data, one folder each; the year of the data chooses.

A folder of one's own (`--versions DIR`) adds versions or replaces ours; `schema_folder` in it names official schemas.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pakkeforlop.vocabulary.errors import DefinitionFault, UsageFault

DATA = Path(__file__).parent / "data"
HEAD = "http://www.kith.no/xmlstds/msghead/2006-05-24"
MAPPING = "mapping.toml"
NEEDED = (
    "version", "fixed", "first_year", "namespace", "receiver", "module", "code_set", "element", "attribute", "identity",
)  # fmt: skip


@dataclass(frozen=True)
class Version:
    """One version of the message. `element` and `attribute` give the register's names by our words for them."""

    name: str
    data: Mapping[str, Any]
    folder: Path

    @property
    def first_year(self) -> int:
        """Data of this year and later are in this version."""
        return int(self.data["first_year"])

    def namespace(self, module: str) -> str:
        """The namespace of a module."""
        return str(self.data["namespace"]).format(version=self.name, module=module)

    def element(self, word: str) -> str:
        """The register's name of an element."""
        return str(self.data["element"][word])

    def attribute(self, word: str) -> str:
        """The register's name of an attribute."""
        return str(self.data["attribute"][word])

    @cached_property
    def words(self) -> dict[str, str]:
        """Our word for each element."""
        return {name: word for word, name in self.data["element"].items()}

    def code_set(self, national_list: str) -> str:
        """The value of OID 8410 for a national list; pathway codes of cancer where the list is not named."""
        return str(self.data["code_set"].get(national_list, self.data["code_set"]["8480"]))

    @property
    def schema_folder(self) -> Path:
        """Where the schemas are: the folder that the mapping names, else the version's own."""
        return self.folder / str(self.data.get("schema_folder", "."))

    def schemas(self, module: str) -> tuple[tuple[str, Path], ...]:
        """Namespace and file of the envelope and of a module."""
        head = self.schema_folder / str(self.data.get("head_schema", "head.xsd"))
        return (HEAD, head), (self.namespace(module), self.schema_folder / self.data["module"][module]["schema"])


class Versions:
    """The versions known, ours and those of a folder of one's own."""

    def __init__(self, own: Path | None = None) -> None:
        self.own = own
        self.by_name: dict[str, Version] = {}
        for place in (DATA, *([own] if own else [])):
            for path in sorted(place.glob(f"*/{MAPPING}")):
                found = _load(path)
                self.by_name[found.name] = found
        if own is not None and not list(own.glob(f"*/{MAPPING}")):
            raise DefinitionFault("npr_no_versions", folder=str(own), file=MAPPING)

    def for_year(self, year: int) -> Version:
        """The version for data of a year: the newest that had begun, else the oldest known."""
        known = sorted(self.by_name.values(), key=lambda one: (one.first_year, one.name))
        begun = [one for one in known if one.first_year <= year]
        return begun[-1] if begun else known[0]

    def named(self, name: str) -> Version:
        """A version by name; UsageFault when it is unknown."""
        if name not in self.by_name:
            raise UsageFault("npr_unknown_version", value=name, known=sorted(self.by_name))
        return self.by_name[name]

    def of_namespace(self, namespace: str) -> tuple[Version, str] | None:
        """The version and module that a namespace is of; None when it is of none."""
        for version in self.by_name.values():
            for module in version.data["module"]:
                if version.namespace(module) == namespace:
                    return version, str(module)
        return None


def _load(path: Path) -> Version:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DefinitionFault("settings_unreadable", file=str(path), detail=str(error)) from error
    missing = [key for key in NEEDED if key not in data]
    if missing:
        raise DefinitionFault("settings_faulty", file=str(path), detail=f"missing: {', '.join(missing)}")
    return Version(str(data["version"]), data, path.parent)
