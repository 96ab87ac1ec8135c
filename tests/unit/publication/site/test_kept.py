"""Answers are kept within a bound, and what anyone can make up is not kept."""

from __future__ import annotations

from typing import Any

import pytest

from pakkeforlop.publication.open_api.library import library
from pakkeforlop.publication.site import site as module
from pakkeforlop.publication.site.site import Site


@pytest.fixture
def fresh(catalogue: Any) -> Site:
    return Site(library(None), catalogue, version="0.1.0")


def test_the_same_page_is_made_once(fresh: Site):
    assert fresh.answer("for-pasienter/") is fresh.answer("for-pasienter/")
    assert fresh.answer("for-pasienter/", {"utm": "x"}) is fresh.answer("for-pasienter/")


def test_searches_and_missing_pages_are_not_kept(fresh: Site):
    before = fresh._held
    for n in range(5):
        fresh.answer("finn/", {"q": f"x{n}"})
        fresh.answer(f"tall/{n}/")
    assert fresh._held == before


def test_the_least_used_go_first(fresh: Site, monkeypatch: pytest.MonkeyPatch):
    first = fresh.answer("for-pasienter/")
    monkeypatch.setattr(module, "MOST_KEPT", first.size + 10)
    fresh.answer("tilgjengelighet/")
    assert fresh._held <= first.size + 10 + fresh.answer("tilgjengelighet/").size
    assert fresh.answer("for-pasienter/") is not first


def test_the_tag_tells_of_the_content_and_of_the_releases(fresh: Site, catalogue: Any):
    again = Site(library(None), catalogue, version="0.1.0")
    newer = Site(library(None), catalogue, version="0.2.0")
    assert again.answer("for-pasienter/").tag == fresh.answer("for-pasienter/").tag
    assert newer.answer("for-pasienter/").tag != fresh.answer("for-pasienter/").tag
    assert fresh.answer("nn/for-pasienter/").tag != fresh.answer("for-pasienter/").tag
