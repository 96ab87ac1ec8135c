"""The public site on the open national indicators, made once."""

from __future__ import annotations

from typing import Any

import pytest

from pakkeforlop.publication.open_api.library import library
from pakkeforlop.publication.site.site import Site


@pytest.fixture(scope="session")
def site(catalogue: Any) -> Site:
    return Site(library(None), catalogue, version="0.1.0")


@pytest.fixture(scope="session")
def read(site: Site) -> Any:
    """Call `read(path)`: the page as text."""

    def page(path: str, **asked: str) -> str:
        answer = site.answer(path, asked)
        assert answer.status == 200, path
        return answer.content.decode()

    return page
