"""`pakkeforlop demo`: the country from the published figures, the main job on it, and the application on this machine.

Where the packages of the application are not installed, the report alone is served.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import threading
import webbrowser
from datetime import date
from pathlib import Path
from typing import Any

import typer

from pakkeforlop.cli.common import LANGUAGE, QUIET
from pakkeforlop.cli.faults import faults_told
from pakkeforlop.vocabulary.calendar import day_number

app = typer.Typer(add_completion=False, rich_markup_mode=None)

DEMO_DAY = date(2022, 1, 20)
"""The day the demo is at: a Thursday inside the data, with pathways open at every stage."""

SEED = 1
HOSPITAL, OTHER = "974557746", "974703300"
"""Haukeland, where most demo users work, and Stavanger, to which and from which patients are sent."""
RELEASE, RELEASED_THROUGH = "demo-2021", "2021"
"""The release of the invented country, and its last period: the last tertial that has ended on the demo's day."""
ORDER = ("patients", "registrations", "referrals", "appointments", "answers", "events", "new_cancers")
SAID = {
    "made": {
        "nb": "Landet er laget av de publiserte tallene: {registrations} registreringer for {patients} oppdiktede "
        "pasienter.\nPubliserte tall: {years}. Årene mellom og januar 2022 er fylt ut, og er merket i rapporten.",
        "nn": "Landet er laga av dei publiserte tala: {registrations} registreringar for {patients} oppdikta "
        "pasientar.\nPubliserte tal: {years}. Åra mellom og januar 2022 er fylte ut, og er merkte i rapporten.",
        "en": "The country is made from the published figures: {registrations} registrations of {patients} invented "
        "patients.\nPublished figures: {years}. The years between and January 2022 are filled in, and marked so.",
    },
    "served": {
        "nb": "Rapporten ligger på {address}  (Ctrl-C avslutter)",
        "nn": "Rapporten ligg på {address}  (Ctrl-C avsluttar)",
        "en": "The report is at {address}  (Ctrl-C ends)",
    },
    "release": {
        "nb": "Lager en utgave av de oppdiktede tallene …",
        "nn": "Lagar ei utgåve av dei oppdikta tala …",
        "en": "Building a release of the invented figures …",
    },
    "written": {
        "nb": "Rapporten ligger i {path}",
        "nn": "Rapporten ligg i {path}",
        "en": "The report is in {path}",
    },
    "source": {
        "nb": "Kilde: åpne nasjonale kvalitetsindikatorer, Helsedirektoratet (NLOD).",
        "nn": "Kjelde: opne nasjonale kvalitetsindikatorar, Helsedirektoratet (NLOD).",
        "en": "Source: open national quality indicators, Norwegian Directorate of Health (NLOD).",
    },
    "ended": {"nb": "Avsluttet.", "nn": "Avslutta.", "en": "Ended."},
}


@app.command(
    help="Generate the country from the published figures, run the main job, build a release of it, load those who are "
    "in a pathway now into a store, and serve the application on this machine, with a user per role. The report is at "
    "/figures/report/, the public pages at /statistikk/: the published figures, and the invented ones apart.\n\n"
    "A second run uses the data, the result and the store of the first.\n\n"
    "Example: pakkeforlop demo --port 8000\n\n"
    "Exit codes: 0 done · 14 cannot write or the port is taken"
)
def demo(
    out: Path = typer.Option(Path("demo-data"), "--out", metavar="DIR", help="Folder for data and result."),
    port: int = typer.Option(8000, "--port", min=0, max=65535, help="Port on localhost; 0 takes any that is free."),
    serve: bool = typer.Option(True, "--serve/--no-serve", help="Serve, or only write."),
    report_only: bool = typer.Option(False, "--report-only", help="Serve the report alone, without the application."),
    browser: bool = typer.Option(False, "--browser", help="Open it in a browser too."),
    fresh: bool = typer.Option(False, "--fresh", help="Make data and result anew."),
    language: str = LANGUAGE,
    quiet: bool = QUIET,
) -> None:
    """The country on this machine."""
    with faults_told(language):
        from pakkeforlop.review.summary import summary

        record = make(out, fresh=fresh, language=language, quiet=quiet)
        if not quiet:
            counts = {
                name: f"{record['counts'][name]:,}".replace(",", "\u2009") for name in ("registrations", "patients")
            }
            years = ", ".join(str(year) for year in record["years"])
            typer.echo(SAID["made"][language].format(**counts, years=years))
            typer.echo(SAID["source"][language])
            run = json.loads((out / "result" / "run.json").read_text(encoding="utf-8"))
            typer.echo(summary(run, out / "result", language))
        result = out / "result"
        if not report_only:
            make_release(out, language, quiet=quiet)
        if not serve:
            typer.echo(SAID["written"][language].format(path=result / "report" / "index.html"))
            return
        if report_only or not application_installed():
            serve_report(result, port, language, browser=browser)
            return
        serve_application(out, port, language, browser=browser, quiet=quiet)


def application_installed() -> bool:
    """Whether the packages of the application are there."""
    from importlib.util import find_spec

    return all(find_spec(name) is not None for name in ("django", "allauth", "granian"))


def serve_application(out: Path, port: int, language: str, *, browser: bool, quiet: bool) -> None:
    """The application with the country's open pathways, a ward and demo users, on the demo's day."""
    from pakkeforlop.cli.serve import free_port, made_ready, run_server

    store = out / "store"
    port = free_port("127.0.0.1", port)
    os.environ |= {
        "PAKKEFORLOP_DEMO": "1", "PAKKEFORLOP_TODAY": DEMO_DAY.isoformat(),
        "PAKKEFORLOP_ADDRESS": f"http://localhost:{port}",
        "PAKKEFORLOP_REPORT": str((out / "result" / "report").resolve()),
        "PAKKEFORLOP_RELEASES": str((out / "releases").resolve()),
    }  # fmt: skip
    fresh = not (store / STAMP).is_file() or (store / STAMP).read_bytes() != (out / "result" / STAMP).read_bytes()
    if fresh:
        shutil.rmtree(store, ignore_errors=True)
    made_ready(store)
    if fresh:
        fill_store(out, language, quiet=quiet)
        shutil.copyfile(out / "result" / STAMP, store / STAMP)
    if browser:
        threading.Timer(2, webbrowser.open, [f"http://localhost:{port}/"]).start()
    run_server("127.0.0.1", port, workers=1, threads=4, language=language, quiet=False)


def fill_store(out: Path, language: str, *, quiet: bool) -> None:
    """Demo users; then the country's patients who are in a pathway now, those of the last year at the trusts where
    the demo's people work, and two wards of our own making.
    """
    from pakkeforlop.access.demo import people
    from pakkeforlop.access.scope import units
    from pakkeforlop.cli.application import moment
    from pakkeforlop.cli.demo_work import some_work
    from pakkeforlop.cli.importing import run_import
    from pakkeforlop.exchange.generate.ward.arrivals import arrivals
    from pakkeforlop.exchange.generate.ward.country import cut_country
    from pakkeforlop.exchange.generate.ward.files import write_ward
    from pakkeforlop.exchange.generate.ward.ward import inbox, joined, morning

    made = people(hospital=HOSPITAL, other_hospital=OTHER, on=DEMO_DAY)
    trusts = {units().resolve(units().trust_of(place, on=DEMO_DAY) or "") for place in (HOSPITAL, OTHER)}
    country = cut_country(
        data=out / "data", result=out / "result", out=out / "now" / "country", today=DEMO_DAY,
        without_trusts={trust.org_nr for trust in trusts if trust}, seed=SEED,
        history_of={trust.org_nr for trust in trusts if trust},
    )  # fmt: skip
    ward = joined(
        [
            morning(today=DEMO_DAY, seed=SEED, hospital=HOSPITAL, other=OTHER),
            morning(today=DEMO_DAY, seed=SEED + 1, hospital=OTHER, other=HOSPITAL, size=25, prefix="v"),
            arrivals(today=DEMO_DAY, seed=SEED, hospital=HOSPITAL),
            inbox(today=DEMO_DAY, seed=SEED, hospital=HOSPITAL),
        ]
    )
    for paths in (write_ward(ward, out / "now" / "ward"), country):
        wanted = [(kind.replace("_", "-"), paths[kind]) for kind in ORDER if kind in paths]
        run_import(wanted, language=language, quiet=quiet)
    at, day = moment()
    some_work(made, hospital=HOSPITAL, other=OTHER, at=at, day=day, send=not quiet)


def make(out: Path, *, fresh: bool, language: str, quiet: bool) -> dict[str, Any]:
    """The demo's data and result in `out`, made anew when the product or its definitions have changed since."""
    from pakkeforlop.cli.generate import run_generate
    from pakkeforlop.cli.monitor import run_monitor
    from pakkeforlop.review.generating import RECORD, Request

    data, result = out / "data", out / "result"
    stamp = made_of()
    if fresh or stamp != _stamped(result):
        run_generate(Request(fill=True, as_of=day_number(DEMO_DAY), seed=SEED), data, language=language, quiet=quiet)
        run_monitor(
            [data / "registrations.parquet"], result, patients=data / "patients.parquet",
            new_cancers=data / "new_cancers.parquet", as_of=day_number(DEMO_DAY), language=language, quiet=quiet,
        )  # fmt: skip
        shutil.rmtree(out / "releases", ignore_errors=True)
        (result / STAMP).write_text(json.dumps(stamp), encoding="utf-8")
    return dict(json.loads((data / RECORD).read_text(encoding="utf-8")))


def make_release(out: Path, language: str, *, quiet: bool) -> None:
    """A release of the invented country, once: the public pages show it apart, marked so."""
    from pakkeforlop.cli.release import Asked, built_and_written

    releases, result = out / "releases", out / "result"
    if (releases / RELEASE / "run.json").is_file():
        return
    if not quiet:
        typer.echo(SAID["release"][language], err=True)
    shutil.rmtree(releases, ignore_errors=True)
    built_and_written(
        Asked(
            result / "indicators.csv", releases, RELEASE, through=RELEASED_THROUGH, as_of=day_number(DEMO_DAY),
            episodes=result / "episodes.parquet", on=day_number(DEMO_DAY), synthetic=True,
        )
    )  # fmt: skip


STAMP = "demo.json"


def made_of() -> dict[str, Any]:
    """What the demo depends on: the product's files, the day and the seed."""
    import hashlib

    import pakkeforlop

    folder = Path(next(iter(pakkeforlop.__path__)))
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".py", ".toml", ".xz", ".html", ".css"} and path.is_file():
            digest.update(path.read_bytes())
    return {"product": digest.hexdigest(), "day": DEMO_DAY.isoformat(), "seed": SEED}


def _stamped(result: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads((result / STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files and logs nothing; the report's folder opens on its first page."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def serve_report(result: Path, port: int, language: str, *, browser: bool) -> None:
    """Serve the report on localhost until interrupted. UnwritableFault when the port is taken."""
    from pakkeforlop.vocabulary.errors import UnwritableFault

    handler = functools.partial(QuietHandler, directory=str(result / "report"))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise UnwritableFault("port_taken", port=port) from error
    address = f"http://localhost:{server.server_port}/"
    typer.echo(SAID["served"][language].format(address=address))
    if browser:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        typer.echo("\n" + SAID["ended"][language])
    finally:
        server.server_close()
