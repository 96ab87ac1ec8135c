"""The runs that reports are made of, one each per session, and a writer of reports."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from factories import runs
from pakkeforlop.review.report.inputs import ReportInput


@pytest.fixture(scope="session")
def country(catalogue: Any, tmp_path_factory: pytest.TempPathFactory) -> ReportInput:
    return runs.country(catalogue, tmp_path_factory.mktemp("country"))


@pytest.fixture(scope="session")
def one_trust(catalogue: Any, tmp_path_factory: pytest.TempPathFactory) -> ReportInput:
    return runs.one_trust(catalogue, tmp_path_factory.mktemp("one_trust"))


@pytest.fixture(scope="session")
def one_pathway(catalogue: Any, tmp_path_factory: pytest.TempPathFactory) -> ReportInput:
    return runs.one_pathway(catalogue, tmp_path_factory.mktemp("one_pathway"))


@pytest.fixture(scope="session")
def tiny(catalogue: Any, tmp_path_factory: pytest.TempPathFactory) -> ReportInput:
    return runs.tiny(catalogue, tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def only_open(catalogue: Any, tmp_path_factory: pytest.TempPathFactory) -> ReportInput:
    return runs.only_open(catalogue, tmp_path_factory.mktemp("only_open"))


@pytest.fixture(scope="session")
def nothing(catalogue: Any, tmp_path_factory: pytest.TempPathFactory) -> ReportInput:
    return runs.nothing(catalogue, tmp_path_factory.mktemp("nothing"))


@pytest.fixture
def report(catalogue: Any, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Writes a report and gives its pages by file name."""
    from pakkeforlop.review.report.build import write_report

    def write(data: ReportInput, language: str = "nb", **changes: Any) -> dict[str, str]:
        files = write_report(
            tmp_path / "report", run=dataclasses.replace(data, **changes), catalogue=catalogue, language=language
        )
        return {path.name: path.read_text(encoding="utf-8") for path in files}

    return write
