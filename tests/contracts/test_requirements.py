"""The locked lists: whole, with hashes, without addresses."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTS = sorted((ROOT / "requirements").glob("*.txt"))


def names(path: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9_.-]+)==", path.read_text(encoding="utf-8"), re.M))


def wanted(requirements: list[str]) -> set[str]:
    return {re.split(r"[\s\[<>=~!;]", requirement)[0].lower() for requirement in requirements}


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_every_package_has_hashes_and_no_list_an_address(path: Path):
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.M)
    assert [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def test_the_lists_hold_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    core, web, dev, bench = (names(ROOT / "requirements" / f"{name}.txt") for name in ("core", "web", "dev", "bench"))
    assert wanted(project["project"]["dependencies"] + groups["build"]) <= core
    assert wanted([name for extra in project["project"]["optional-dependencies"].values() for name in extra]) <= web
    assert wanted(groups["dev"]) <= dev
    assert wanted(groups["bench"]) <= bench


def test_the_lists_agree_on_versions():
    """What is in two lists has the same versions in both, so that installing one after the other changes nothing."""
    pins: dict[tuple[str, str], set[str]] = {}
    for path in LISTS:
        for name, version, marker in re.findall(r"^([a-z0-9_.-]+)==(\S+)(.*)\\$", path.read_text("utf-8"), re.M):
            pins.setdefault((name, marker.strip()), set()).add(version)
    assert {key: found for key, found in pins.items() if len(found) > 1} == {}


def test_the_core_stays_small():
    """The core runs monitor and generate; what only tests or a benchmark need is not in it."""
    assert len(names(ROOT / "requirements" / "core.txt")) <= 40
    assert not names(ROOT / "requirements" / "core.txt") & {"pandas", "polars", "pytest", "django"}


def test_the_product_imports_nothing_that_it_does_not_ask_for():
    """A package that happens to be there through another (or through the tests' own tools) may be gone tomorrow."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for extra in project.get("optional-dependencies", {}).values() for name in extra]
    asked = wanted(project["dependencies"] + extras)
    known = asked | set(sys.stdlib_module_names) | {"pakkeforlop"}
    known |= {name.removeprefix("django-") for name in asked}  # django-allauth is imported as allauth
    known |= {name.replace("-", "_") for name in asked}
    known |= {"pydantic_core"}  # pydantic pins it to the one version it works with
    known |= {"jwt"}  # what pyjwt is imported as
    foreign = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            foreign |= {f"{path.name}: {name}" for name in names if name.split(".")[0] not in known}
    assert foreign == set()


@pytest.mark.slow
def test_the_core_runs_without_the_application(tmp_path: Path):
    """The main job and the list of commands, where none of the web packages can be imported."""
    import subprocess

    (tmp_path / "codes.csv").write_text(
        "patient_id,code,event_date,institution\n1,A26A,2024-01-08,974557746\n", encoding="utf-8"
    )
    program = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "allauth", "axes", "csp", "granian", "whitenoise", "psycopg", "openpyxl", "lxml"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
from pakkeforlop.cli.main import app
app(sys.argv[1:])
"""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", program, *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    done = run("monitor", "codes.csv", "--out", "out", "--quiet")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "episodes.csv").exists()
    assert "monitor" in run("--help").stdout
    told = run("import", "codes.csv", "--lang", "en")
    assert (told.returncode, "django" in told.stderr) == (2, True), told.stderr
