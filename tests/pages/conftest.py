"""Three reports, written once for all browser stories."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from factories import runs


@pytest.fixture(scope="session")
def reports(catalogue: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reports `country`, `one_trust` and `nothing`."""
    from pakkeforlop.review.report.build import write_report

    folder = tmp_path_factory.mktemp("reports")
    for name in ("country", "one_trust", "nothing"):
        data = getattr(runs, name)(catalogue, tmp_path_factory.mktemp(name))
        write_report(folder / name, run=data, catalogue=catalogue)
    return folder
