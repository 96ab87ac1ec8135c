"""The how-to pages do what they say: their files are written, their commands are run."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "how-to"
DATA = ROOT / "src" / "pakkeforlop" / "catalogue" / "data"
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.M | re.S)


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language, without their indentation."""
    found = BLOCK.findall((PAGES / page).read_text(encoding="utf-8"))
    return [re.sub(rf"^{indent}", "", text, flags=re.M) for indent, kind, text in found if kind == language]


def run(*arguments: str) -> str:
    """What a command prints; it must succeed."""
    from pakkeforlop.cli.main import app

    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, f"pakkeforlop {' '.join(arguments)}\n{result.output}"
    return result.output


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a copy of the definitions, to work in."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(DATA, tmp_path / "my-catalogue")
    return tmp_path / "my-catalogue"


def add(catalogue: Path, block: str) -> None:
    """Add a block to the file that its first line names."""
    name = block.split("\n", 1)[0].removeprefix("# ").strip()
    with (catalogue / name).open("a", encoding="utf-8") as file:
        file.write("\n" + block)


def test_add_a_time_limit(copied: Path):
    page = "add-a-time-limit.md"
    source, work_up, whole = blocks(page, "toml")
    add(copied, source)
    add(copied, work_up)
    fault_text, diff_text = blocks(page, "text")

    from pakkeforlop.cli.main import app

    refused = CliRunner().invoke(app, ["catalogue", "check", "my-catalogue", "--lang", "en"])
    assert refused.exit_code == 11
    assert refused.output.strip() == fault_text.strip()

    add(copied, whole)
    assert "No faults" in run("catalogue", "check", "my-catalogue", "--lang", "en")
    shown = run("catalogue", "diff", "2024-12-31", "2025-01-01", "A01", "--catalogue", "my-catalogue", "--lang", "en")
    assert [line.split() for line in shown.splitlines()] == [line.split() for line in diff_text.splitlines()]

    Path("two.csv").write_text(blocks(page, "csv")[0], encoding="utf-8")
    explain = ("episodes", "explain", "two.csv", "--catalogue", "my-catalogue", "--lang", "en", "--patient")
    assert "31 of 32 days, within" in run(*explain, "1")
    assert "1 over the limit of 30" in run(*explain, "2")


def figures(folder: Path, key: str) -> dict[str, str]:
    """The national figure of breast cancer for the year, as written."""
    with (folder / "indicators.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = [
            row
            for row in csv.DictReader(file)
            if (row["indicator"], row["pathway_key"], row["unit_level"]) == (key, "breast", "national")
            and (row["period_type"], row["branch"], row["sex"], row["age_group"]) == ("year", "all", "", "")
        ]
    return row


def test_add_an_indicator(copied: Path):
    page = "add-an-indicator.md"
    for block in blocks(page, "toml"):
        add(copied, block)
    assert "No faults" in run("catalogue", "check", "my-catalogue", "--lang", "en")
    assert "of2_share" in run("catalogue", "show", "indicators", "of2_share", "--catalogue", "my-catalogue")
    Path("two.csv").write_text(blocks(page, "csv")[0], encoding="utf-8")
    run("monitor", "two.csv", "--out", "out", "--catalogue", "my-catalogue", "--no-report", "--quiet")
    share = figures(Path("out"), "of2_share")
    assert (share["numerator"], share["denominator"], share["label"]) == ("1", "2", "OF2")
    assert figures(Path("out"), "decision_days")["median_days"] == "14.5"


def test_use_your_own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = "use-your-own-settings.md"
    monkeypatch.chdir(tmp_path)
    Path("own.toml").write_text(blocks(page, "toml")[0], encoding="utf-8")
    Path("registrations.csv").write_text(blocks(page, "csv")[0], encoding="utf-8")
    monitor = ("monitor", "registrations.csv", "--no-report", "--quiet", "--out")
    run(*monitor, "plain")
    run(*monitor, "own", "--settings", "own.toml")
    told = {}
    for name in ("plain", "own"):
        with Path(name, "episodes.csv").open(encoding="utf-8-sig", newline="") as file:
            (told[name],) = [(row["share_reason"], row["share_within"]) for row in csv.DictReader(file)]
    assert told == {"plain": ("postponed", ""), "own": ("counts", "false")}
    record = json.loads(Path("own/run.json").read_text(encoding="utf-8"))
    assert "include_postponed" in record["settings_changed"]


def test_read_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("registrations.csv").write_text(blocks("read-a-file.md", "csv")[0], encoding="utf-8")
    run("registrations", "check", "registrations.csv", "--out", "messages.csv")
    run("monitor", "registrations.csv", "--out", "out")
    assert Path("messages.csv").exists()
    assert Path("out/report/index.html").exists()


def test_open_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("registrations.csv").write_text(blocks("add-an-indicator.md", "csv")[0], encoding="utf-8")
    run("monitor", "registrations.csv", "--out", "out", "--no-report", "--quiet")
    query, explain = blocks("open-a-number.md", "sh")
    program = query.split("<<'END'\n")[1].split("END")[0]
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown.count("A01@2021-05-01") == 2
    words = shlex.split(explain.replace("--patient 17", "--patient 1"))
    assert "28" in run(*words[1:])


@pytest.mark.slow
def test_generate_from_figures_and_compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = "generate-from-figures.md"
    monkeypatch.chdir(tmp_path)
    year, count, own = blocks(page, "sh")
    for line in (year + count).splitlines():
        told = run(*shlex.split(line)[1:], "--lang", "en")
    assert re.search(r"2021: ([\d\s\u00a0\u202f,]+) of \1\b", told), told
    Path("my.csv").write_text(blocks(page, "csv")[0], encoding="utf-8")
    run(*shlex.split(own)[1:])
    run("monitor", "mine/registrations.parquet", "--patients", "mine/patients.parquet", "--out", "counted", "--no-report")
    figure = figures(Path("counted"), "of4_share")
    assert (figure["numerator"], figure["denominator"]) == ("30", "40")


def test_release_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from factories.released import PLAIN, with_inclusion, write_indicators

    page = "release-figures.md"
    monkeypatch.chdir(tmp_path)
    Path("out").mkdir()
    Path("own.toml").write_text(blocks(page, "toml")[0], encoding="utf-8")
    write_indicators(Path("out/indicators.csv"), with_inclusion(PLAIN))
    commands = [shlex.split(line)[1:] for block in blocks(page, "sh") for line in block.splitlines()]
    assert commands[0][:2] == ["release", "publish"], "tried with a month of its own in unit/publication/test_publish.py"
    for words in commands[1:-1]:
        run(*words)
    run("release", "build", "out/indicators.csv", "--out", "releases", "--name", "own", "--plan", "own.toml")
    listed = {path.name for path in Path("releases/2021").iterdir()}
    text = (PAGES / page).read_text(encoding="utf-8")
    assert [name for name in listed if name not in text and name.partition(".")[2] not in {"parquet", "json"}] == []
    from pakkeforlop.cli.main import app

    refused = CliRunner().invoke(app, commands[-1])
    assert refused.exit_code == 2, "2021 is locked, so its release is not withdrawn"


def test_every_command_on_a_page_is_one_that_exists():
    """Also with options that the command knows."""
    import typer.main

    from pakkeforlop.cli.main import app

    root = typer.main.get_command(app)
    pages = [*PAGES.glob("*.md"), ROOT / "README.md", ROOT / "DEVELOPERS.md"]
    for page in pages:
        for line in re.findall(r"^\s*(?:\.venv/bin/)?pakkeforlop (.*)$", page.read_text(encoding="utf-8"), re.M):
            words = shlex.split(line.split("#")[0])
            command = root
            while words and hasattr(command, "get_command"):
                if words[0].startswith("-"):
                    break
                command = command.get_command(command.context_class(command), words.pop(0))
                assert command is not None, f"{page.name}: {line}"
            known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
            unknown = {word.split("=")[0] for word in words if word.startswith("-")} - known - {"--help", "-h"}
            assert not unknown, f"{page.name}: {line}: {unknown}"
