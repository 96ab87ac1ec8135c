"""From a log to the report: what stands for the start and the shift of dates are told on the page."""

from __future__ import annotations

from typer.testing import CliRunner

from factories.logs import EXAMPLES
from pakkeforlop.cli.main import app

LOG = '''name = "A log of a hospital"
[read]
format = "csv"
patient = "p"
date = "d"
[place]
institution = "974589095"
[shift]
years = 12
because = "The log is old."
[[start]]
milestone = "seen"
code = "A12A"
because = "No referral is known."
[[milestone]]
key = "seen"
all = [{ column = "a", is = ["seen"] }]
code = "A12S"
'''


def run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_report_tells_of_the_conversion(tmp_path):
    (tmp_path / "log.csv").write_text("p,d,a\n1,2008-02-29,seen\n2,2009-02-28,seen\n")
    (tmp_path / "m.toml").write_text(LOG)
    converted, out = tmp_path / "converted", tmp_path / "out"
    said = run("registrations", "convert", tmp_path / "log.csv", "--mapping", tmp_path / "m.toml", "--out", converted,
               "--lang", "en")  # fmt: skip
    assert "seen stands for A12A. No referral is known." in said
    assert "moved by 12 years" in said
    run("monitor", converted / "registrations.csv", "--out", out, "--lang", "en")
    page = (out / "report" / "index.en.html").read_text()
    assert "made from an event log (A log of a hospital)" in page
    assert "The start (A12A) is taken to be seen. No referral is known." in page
    assert "The dates are moved by 12 years. The log is old." in page
    assert "Som start (A12A) står seen." in (out / "report" / "index.html").read_text()


def test_texts_of_the_mapping_are_told_in_the_readers_language(tmp_path):
    """A name and a reason may be one text, or one for each language; the days are counted from what stands for the start."""
    because = 'because = { nb = "Fordi.", nn = "Av di.", en = "Because." }'
    text = LOG.replace('because = "No referral is known."', because).replace(
        'key = "seen"', 'key = "seen"\nname = { nb = "møtet", nn = "møtet på nynorsk", en = "the meeting" }'
    ) + '[[milestone]]\nkey = "cut"\nall = [{ column = "a", is = ["cut"] }]\ncode = "A12FK"\n'
    (tmp_path / "log.csv").write_text("p,d,a\n1,2008-01-02,seen\n1,2008-01-20,cut\n")
    (tmp_path / "m.toml").write_text(text)
    said = run("registrations", "convert", tmp_path / "log.csv", "--mapping", tmp_path / "m.toml", "--out", tmp_path / "c",
               "--lang", "nn")  # fmt: skip
    assert "møtet på nynorsk står for A12A. Av di." in said
    run("monitor", tmp_path / "c" / "registrations.csv", "--out", tmp_path / "out")
    pages = [(tmp_path / "out/report" / name).read_text() for name in ("index.html", "index.nn.html", "index.en.html")]
    assert "Som start (A12A) står møtet. Fordi." in pages[0]
    assert "Som start (A12A) står møtet på nynorsk. Av di." in pages[1]
    assert "The start (A12A) is taken to be the meeting. Because." in pages[2]
    labels = ("Dager fra start til behandling", "Dagar frå start til behandling", "Days from start to treatment")
    assert [label in page for label, page in zip(labels, pages, strict=True)] == [True] * 3
    assert "Dager fra henvisning til behandling</text>" not in pages[0]


def test_a_span_on_the_command_line(tmp_path):
    run("registrations", "convert", EXAMPLES / "danish.csv", "--mapping", EXAMPLES / "danish.toml", "--out", tmp_path / "c")
    said = run("milestones", "span", "start", "treatment", tmp_path / "c" / "milestones.csv", "--within", "31",
               "--within", "32", "--lang", "en")  # fmt: skip
    assert "1 have both, 1 have start only (open)" in said
    assert "Within 31 days: 0 of 1." in said
    assert "Within 32 days: 1 of 1." in said


def test_a_milestone_that_is_not_there_is_named(tmp_path):
    run("registrations", "convert", EXAMPLES / "danish.csv", "--mapping", EXAMPLES / "danish.toml", "--out", tmp_path / "c")
    result = CliRunner().invoke(
        app, ["milestones", "span", "start", "surgery", str(tmp_path / "c" / "milestones.csv"), "--lang", "en"]
    )
    assert result.exit_code == 12
