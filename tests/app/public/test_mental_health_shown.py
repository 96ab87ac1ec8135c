"""The published figures of mental health and substance use have pages that a reader finds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

FIGURE = "/statistikk/tall/mh_utr_phv-all-mental_health-900000000-2021/"


@pytest.fixture
def client(settings: Any, tmp_path: Path) -> Client:
    settings.RELEASES = str(tmp_path / "none")
    return Client()


@pytest.mark.parametrize(("language", "percent"), [("", "74"), ("nn/", "74"), ("en/", "74")])
def test_a_figure_stands_as_it_was_published(client: Client, language: str, percent: str):
    """Adults in 2021: 29,691 of 40,058 were worked up in time."""
    page = client.get(FIGURE.replace("/statistikk/", f"/statistikk/{language}"))
    assert page.status_code == 200
    text = re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"<[^>]*>", " ", page.content.decode()))
    assert re.search(r"29[ ,.]?691", text)
    assert re.search(r"40[ ,.]?058", text)
    assert percent in text


def test_a_reader_finds_it_from_the_front_page(client: Client):
    """By links alone."""
    seen: set[str] = set()
    waiting = ["/statistikk/"]
    while waiting and len(seen) < 60:
        page = waiting.pop(0)
        if page in seen:
            continue
        seen.add(page)
        found = re.findall(r'href="(/statistikk/[^"#?]*)', client.get(page).content.decode())
        mental = [link for link in found if link.endswith("/psykisk-helse/")]
        if mental:
            table = client.get(mental[0]).content.decode()
            figures = set(re.findall(r'href="(/statistikk/tall/mh_[^"]*)"', table))
            assert FIGURE in figures
            assert len(figures) > 250, "nine indicators of the country, the regions and the trusts"
            return
        waiting += [link for link in found if "/nn/" not in link and "/en/" not in link and link.endswith("/")]
    pytest.fail(f"no link to mental health on {len(seen)} pages")
