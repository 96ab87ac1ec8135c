"""The page about the open interface: its examples are what is answered, its snippets draw their charts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

pytest.importorskip("django", reason="the application is not installed")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "use-the-open-interface.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```http\nGET (\S+)\n```\n\n```json\n(.*?)\n```", TEXT, re.S)
HOST = "localhost:8000"


@pytest.fixture
def without_releases(settings, tmp_path: Path) -> None:
    settings.RELEASES, settings.HOME = str(tmp_path / "none"), tmp_path


@pytest.mark.usefixtures("without_releases")
@pytest.mark.parametrize(("address", "told"), EXAMPLES, ids=[address for address, _ in EXAMPLES])
def test_the_examples_are_real_answers(client, address: str, told: str):
    answer = client.get(address, headers={"Host": HOST})
    assert answer.json() == json.loads(told)


def test_there_are_examples_and_snippets():
    assert len(EXAMPLES) == 4
    assert len(re.findall(r"```(?:python|r)\n", TEXT)) == 2
    (snippet,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    steps = re.sub(r"\(\s*\n\s*|\n\s*\)|\"\n\s*\"", "", snippet)  # an address over two lines is one step
    assert len([line for line in steps.splitlines() if line.strip()]) <= 10


def test_the_addresses_of_the_table_are_those_of_the_document():
    from pakkeforlop.web.open_api.urls import ENDPOINTS

    known = {f"/{one.path}".replace("{release}", "{name}").replace("{number}", "{id}") for one in ENDPOINTS}
    rows = [line.split("|")[1] for line in TEXT.splitlines() if line.startswith("| `/")]
    told = {address for row in rows for address in re.findall(r"`(/[^`]*)`", row)}
    assert told - known == set()


@pytest.fixture
def served(without_releases) -> Iterator[str]:
    """The interface on a port of this machine."""
    from django.core.handlers.wsgi import WSGIHandler

    class Quiet(WSGIRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_python_snippet_draws_its_chart(served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Four years of the country and Bergen, each point where the figure is."""
    pytest.importorskip("pandas", reason="pandas is not installed: pip install pandas")
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install matplotlib").use("Agg")
    import matplotlib.pyplot as plt

    (snippet,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    monkeypatch.chdir(tmp_path)
    plt.close("all")
    exec(snippet.replace(HOST, served), {})
    assert (tmp_path / "breast.png").read_bytes()[:4] == b"\x89PNG"
    lines = {line.get_label(): line.lines[0].get_xydata().tolist() for line in plt.gca().containers}
    assert set(lines) == {"Hele landet", "Helse Bergen HF"}
    assert lines["Hele landet"][-1] == [2021, pytest.approx(100 * 3267 / 4404)]
    assert [year for year, _ in lines["Hele landet"]] == [2015, 2017, 2019, 2021]


def test_the_r_snippet_draws_its_chart(served: str, tmp_path: Path):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed: sudo apt-get install r-base-core")
    (snippet,) = re.findall(r"```r\n(.*?)```", TEXT, re.S)
    program = f'png("breast.png")\n{snippet.replace(HOST, served)}\ndev.off()\n'
    subprocess.run(["Rscript", "-e", program], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "breast.png").read_bytes()[:4] == b"\x89PNG"


def test_what_the_r_snippet_reads_is_there(served: str):
    """Where there is no R: its address answers, with the columns and units it names."""
    import urllib.request

    (snippet,) = re.findall(r"```r\n(.*?)```", TEXT, re.S)
    address = "".join(re.findall(r'"(http[^"]*|&[^"]*)"', snippet)).replace(HOST, served)
    with urllib.request.urlopen(address) as answer:
        head, *rows = answer.read().decode().splitlines()
    assert {"period", "percent", "ci_low", "ci_high", "unit_name"} <= set(head.split(","))
    assert {name for row in rows for name in ("Hele landet", "Helse Bergen HF") if name in row} == set(
        re.findall(r'units\[\["([^"]+)"\]\]', snippet)
    )
