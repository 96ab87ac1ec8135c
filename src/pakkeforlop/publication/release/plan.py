"""The plan of a release: which indicators are released, and which of them count the same persons (`plan.toml`)."""

from __future__ import annotations

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pakkeforlop.vocabulary.errors import DefinitionFault, unreadable


class Family(BaseModel):
    """Indicators that count the same persons.

    parts: the kinds of a column whose values add up. beside: the family that shows the same persons' sums; only where
    it shows a figure is anything told of its parts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    members: tuple[tuple[str, ...], ...]
    share: bool
    parts: Literal["", "branch", "band"] = ""
    beside: str = ""

    def member_of(self, indicator: str) -> int:
        """The place of the member that an indicator belongs to."""
        return next(place for place, indicators in enumerate(self.members) if indicator in indicators)


class Plan(BaseModel):
    """What a release holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    family: tuple[Family, ...]
    median_from: int = 5
    p90_from: int = 10
    tertials_of: tuple[str, ...] = ()
    branches_of: tuple[str, ...] = ()

    @property
    def indicators(self) -> tuple[str, ...]:
        """All that are released, in the plan's order."""
        return tuple(key for family in self.family for member in family.members for key in member)

    def family_of(self, indicator: str) -> Family:
        """The family of an indicator."""
        return self._families[indicator]

    @cached_property
    def _families(self) -> dict[str, Family]:
        return {key: family for family in self.family for member in family.members for key in member}


def load_plan(path: Path | None = None) -> Plan:
    """The plan of a file; the product's own by default."""
    path = path or Path(__file__).parent / "plan.toml"
    try:
        return Plan.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise unreadable(error, path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionFault("release_plan", file=path, reason=error) from error
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
        raise DefinitionFault("release_plan", file=path, reason=reason) from error
