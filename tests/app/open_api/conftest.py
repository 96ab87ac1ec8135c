"""A shelf with the open national indicators, an own release, and a withdrawn one; and the address to ask at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from factories.released import PLAIN, build, run, with_inclusion, write_indicators

API = "/api/v1"


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three releases: others' figures, a withdrawn one, and one that stands."""
    folder = tmp_path_factory.mktemp("open_interface")
    releases = folder / "releases"
    run("release", "import", "--out", releases)
    indicators = write_indicators(folder / "indicators.csv", with_inclusion(PLAIN))
    build(indicators, releases, "wrong")
    run("release", "withdraw", "wrong", "--reason", "Two trusts were mixed up", "--releases", releases)
    leaves = dict(PLAIN)
    first = next(iter(leaves))
    leaves[first] = (leaves[first][0] + 1, leaves[first][1] + 1)
    build(write_indicators(folder / "revised.csv", with_inclusion(leaves)), releases, "2021")
    return releases


@pytest.fixture
def api(client: Any, settings: Any, shelf: Path, tmp_path: Path) -> Any:
    """`api("/figures", period="2021")` asks for JSON; keyword `headers` goes along. No database may be touched."""
    settings.RELEASES, settings.HOME = str(shelf), tmp_path

    def ask(address: str, headers: dict[str, str] | None = None, method: str = "get", **asked: Any) -> Any:
        return getattr(client, method)(API + address, asked, headers=headers or {})

    ask.client = client  # type: ignore[attr-defined]
    return ask
