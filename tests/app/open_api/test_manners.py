"""How the interface behaves: tags, caches, packing, other origins, rates, methods, and problems in sentences."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest

from factories.released import BERGEN, COUNTRY, run
from pakkeforlop.web.open_api import answering
from pakkeforlop.web.open_api.definitions import PROBLEMS
from pakkeforlop.web.open_api.rates import Counters
from pakkeforlop.web.words import load_words

YEAR = f"/figures/of4_share-all-all_organ_specific-{COUNTRY}-2021"


def test_who_has_the_answer_already_is_told_so(api):
    answer = api(YEAR)
    tag = answer.headers["ETag"]
    assert answer.headers["Cache-Control"].startswith("public, max-age=300")
    for given in (tag, f'"other", W/{tag}', "*"):
        again = api(YEAR, headers={"If-None-Match": given})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert api(YEAR, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_new_release_changes_the_tag_of_what_it_changes(api, shelf: Path, settings, tmp_path: Path):
    copy = tmp_path / "copy"
    shutil.copytree(shelf, copy)
    settings.RELEASES = str(copy)
    breast = f"/figures/of4_share-all-breast-{BERGEN}-2021"
    before = api(breast).headers["ETag"], api("/figures", period="2015", limit=1).headers["ETag"]
    run("release", "withdraw", "2021", "--reason", "Again mixed up", "--releases", copy)
    assert api("/releases/2021").json()["withdrawn"] == "Again mixed up"
    assert api(breast).headers["ETag"] != before[0]
    assert api("/figures", period="2015", limit=1).headers["ETag"] != before[1]  # the list of releases is another


def test_no_cookie_no_session_and_any_cache_may_keep_it(api):
    answer = api(YEAR, headers={"Cookie": "sessionid=abc; language=en"})
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"


def test_a_long_answer_is_packed_with_a_tag_of_its_own(api):
    asked = {"indicator": "of4_share", "release": "2021"}
    plain = api("/figures", **asked)
    packed = api("/figures", headers={"Accept-Encoding": "gzip, br"}, **asked)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert api("/figures", headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}, **asked
               ).status_code == 304  # fmt: skip


def test_head_has_the_headers_and_no_body(api):
    answer, head = api(YEAR), api(YEAR, method="head")
    assert head.content == b""
    assert head.headers["ETag"] == answer.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(answer.content))


def test_other_origins_may_read(api):
    asked = api(YEAR, method="options", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"})
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in asked.headers["Access-Control-Allow-Methods"]
    assert "If-None-Match" in asked.headers["Access-Control-Allow-Headers"]
    answer = api(YEAR, headers={"Origin": "https://example.org"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {"ETag", "RateLimit", "Retry-After"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_it_is_read_only_and_says_so(api, method: str):
    answer = getattr(api.client, method)(f"/api/v1{YEAR}")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert method.upper() in answer.json()["detail"]


def test_who_asks_too_often_is_told_when_to_come_back(api, settings, monkeypatch: pytest.MonkeyPatch):
    """Three a minute: the fourth has to wait for the next minute, another client has not."""
    settings.API_PER_MINUTE = 3
    monkeypatch.setattr(answering.clock, "seconds", lambda: 1_000_000_010.0)  # ten past a minute less twenty seconds
    left = []
    for _ in range(3):
        answer = api(YEAR)
        left.append(answer.headers["RateLimit"])
        assert answer.headers["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert left == ['"minute";r=2;t=10', '"minute";r=1;t=10', '"minute";r=0;t=10']
    stopped = api(YEAR, lang="en")
    assert (stopped.status_code, stopped.headers["Retry-After"]) == (429, "10")
    assert stopped.headers["Content-Type"] == "application/problem+json"
    assert stopped.json()["now"].startswith("Wait 10 seconds.")
    assert stopped.headers["Cache-Control"] == "no-store"
    assert stopped.headers["Access-Control-Allow-Origin"] == "*"
    assert api.client.get(f"/api/v1{YEAR}", REMOTE_ADDR="10.0.0.9").status_code == 200
    monkeypatch.setattr(answering.clock, "seconds", lambda: 1_000_000_020.0)
    assert api(YEAR).status_code == 200


def test_behind_a_proxy_clients_are_told_apart_by_what_the_proxy_saw(api, settings):
    settings.API_PER_MINUTE, settings.BEHIND_PROXY = 1, True
    assert api(YEAR, headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2"}).status_code == 200
    assert api(YEAR, headers={"X-Forwarded-For": "9.9.9.9, 2.2.2.2"}).status_code == 429
    assert api(YEAR, headers={"X-Forwarded-For": "2.2.2.2, 3.3.3.3"}).status_code == 200


def test_processes_count_together_and_no_address_is_kept(tmp_path: Path):
    one, other = (Counters(tmp_path / "rates", key="k") for _ in range(2))
    uses = [counter.counted("192.0.2.7", at=0.0, allowed=10).left for counter in (one, other, one)]
    assert uses == [9, 8, 7]
    assert b"192.0.2.7" not in (tmp_path / "rates").read_bytes()
    assert (tmp_path / "rates").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("address", "status", "detail", "now"),
    [
        ("/figures?colour=red", 400, "no parameter named “colour”", "Known parameters: branch, format, indicator"),
        ("/figures?pathway_key=brest", 400, "“brest” is no known value of pathway_key", "breast"),
        ("/figures?limit=0", 400, "limit: “0” is not a whole number from 1 to 10000", "in this range"),
        ("/figures?limit=1e3", 400, "limit: “1e3”", "in this range"),
        ("/figures?limit=1&limit=2", 400, "limit is given more than once", "once"),
        ("/figures?format=json-stat&release=open-national-indicators-2015-2021", 400, "has room for 20000", "csv or parquet"),
        ("/figures/nothing", 404, "no figure with the id “nothing” in current", "Search in /figures"),
        ("/indicators/of9", 404, "No indicator is named “of9”", "of4_share"),
        ("/releases/2031", 404, "No release is named “2031”", "wrong, 2021"),
        ("/releases/2021/files/secret.csv", 404, "no file named “secret.csv”", "figures.csv"),
        ("/innhold/nki/kvalitetsindikatorer/9", 404, "has the number “9”", "200"),
        ("/fhir/Measure/of9", 404, "no FHIR resource with the id “of9”", "/fhir/Measure"),
        ("/nothing/here", 404, "nothing at /api/v1/nothing/here", "openapi.json"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(api, address: str, status: int, detail: str, now: str):
    answer = api(f"{address}{'&' if '?' in address else '?'}lang=en")
    told = answer.json()
    assert answer.status_code == told["status"] == status, told
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert detail in told["detail"]
    assert now in told["now"]
    assert told["instance"] == f"/api/v1{address.split('?', maxsplit=1)[0]}"
    assert told["type"].rsplit("#", 1)[-1].replace("-", "_") in PROBLEMS


def test_every_kind_of_problem_has_sentences_and_is_listed(api):
    assert [one["key"].replace("-", "_") for one in api("/problems").json()["problems"]] == list(PROBLEMS)
    for language in ("nb", "nn", "en"):
        words = load_words(language)
        assert all(words.has(f"open_api.problem.{key}.{part}") for key in PROBLEMS for part in ("title", "detail", "now"))


def test_ids_are_stable_and_can_stand_in_an_address(api):
    figures = api("/figures", limit=10_000).json()["figures"]
    for figure in figures[::50]:
        parts = [figure[name] for name in ("indicator", "branch", "pathway_key", "org_nr", "period")]
        assert figure["figure_id"] == "-".join(parts)
        assert json.loads(api(f"/figures/{figure['figure_id']}").content)["figures"][0] == figure
