"""Faults of a system's request, as problem+json."""

from __future__ import annotations

from typing import ClassVar

from pakkeforlop.web.open_api.problems import Problem


class SystemProblem(Problem):
    """As the open interface's, with the texts of this one."""

    family: ClassVar[str] = "system_api"
