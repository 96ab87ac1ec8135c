"""The definitions as small SQL tables, read straight from the catalogue's TOML: no line of the product's code is used.

pathways, limits, groups (ICD-10), below_age, places (numbers and keys of institutions by period), units (names),
settings, age_groups, bands, labels.
"""

from __future__ import annotations

import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

DATA = Path(__file__).resolve().parents[2] / "src" / "pakkeforlop" / "catalogue" / "data"
ALWAYS, EVER = date(1900, 1, 1), date(2999, 1, 1)


def _read(folder: str) -> list[dict[str, Any]]:
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((DATA / folder).glob("*.toml"))]


def _table(rows: list[dict[str, Any]], **kinds: pa.DataType) -> pa.Table:
    return pa.Table.from_pylist(rows, pa.schema(list(kinds.items())))


TEXT, DAY, WHOLE, TRUTH = pa.string(), pa.date32(), pa.int32(), pa.bool_()


def load_definitions(db: duckdb.DuckDBPyConnection, **changed: Any) -> None:
    """Make the tables of definitions; `changed` are settings that differ from the catalogue's."""
    for name, table in {**_pathways(), **_units(), **_settings(changed), "labels": _labels()}.items():
        db.register("given", table)
        db.execute(f"create or replace table {name} as select * from given").fetchall()
        db.unregister("given")


def _pathways() -> dict[str, pa.Table]:
    families = {family["key"]: family for family in _read("families")}
    pathways, limits, groups, asks, closes = [], [], [], [], []
    for pathway in _read("pathways"):
        family = families[pathway["family"]]
        if "share_to" not in family:
            continue  # mental health and substance use: the made-up nation holds cancer only
        inclusion = pathway.get("inclusion", True)
        last = min(pathway.get(name, EVER) for name in ("last_day", "inclusion_last_day"))
        pathways.append(
            {
                "prefix": pathway["code"], "pathway_key": pathway["key"], "organ_specific": "total" in family,
                "to_decision": family["share_to"] == "decision", "introduced": pathway["introduced"],
                "inclusion": inclusion, "inclusion_until": last, "below_age": pathway.get("inclusion_below_age"),
            }
        )  # fmt: skip
        for span, versions in pathway.get("time_limit", {}).items():
            limits += [
                {"prefix": pathway["code"], "span": span, "kind": version.get("kind", ""),
                 "valid_from": version["valid_from"], "days": version.get("days")}
                for version in versions
            ]  # fmt: skip
        if inclusion and "inclusion_below_age" not in pathway:
            for written in pathway.get("icd10", ()):
                groups += [{"prefix": pathway["code"], "begins": begins} for begins in _categories(written)]
        for event in family["event"]:
            if any("attendance" in need.get("missing", ()) for need in event.get("needs", ())):
                asks.append({"prefix": pathway["code"], "suffix": event["suffix"]})
            if event.get("closes") and event["point"] == "decision":
                closes.append({"prefix": pathway["code"], "kind": event["kind"]})
    return {
        "pathways": _table(
            pathways, prefix=TEXT, pathway_key=TEXT, organ_specific=TRUTH, to_decision=TRUTH, introduced=DAY,
            inclusion=TRUTH, inclusion_until=DAY, below_age=WHOLE,
        ),
        "limits": _table(limits, prefix=TEXT, span=TEXT, kind=TEXT, valid_from=DAY, days=WHOLE),
        "groups": _table(groups, prefix=TEXT, begins=TEXT),
        "asks_attendance": _table(asks, prefix=TEXT, suffix=TEXT),
        "closing_decisions": _table(closes, prefix=TEXT, kind=TEXT),
    }  # fmt: skip


def _categories(written: str) -> list[str]:
    """`C00-C14` is fifteen categories, `C68.0` one subcategory, written without the point."""
    first, _, last = written.replace(".", "").partition("-")
    if not last:
        return [first]
    return [f"{first[0]}{number:02d}" for number in range(int(first[1:]), int(last[1:]) + 1)]


def _units() -> dict[str, pa.Table]:
    files = _read("units")
    country = next(file["country"] for file in files if "country" in file)
    regions = {region["key"]: region for file in files for region in file.get("region", ())}
    trusts = {trust["key"]: trust for file in files for trust in file.get("trust", ())}
    hospitals = [hospital for file in files for hospital in file.get("hospital", ())]
    units = [{"level": "national", "org_nr": country["org_nr"], "unit_name": country["name"]["nb"]}]
    units += [{"level": "RHF", "org_nr": r["org_nr"], "unit_name": r["name"]} for r in regions.values()]
    units += [{"level": "HF", "org_nr": t["org_nr"], "unit_name": t["name"]} for t in trusts.values()]
    units += [{"level": "hospital", "org_nr": h["org_nr"], "unit_name": h["name"]} for h in hospitals]
    places = []
    for key, trust in trusts.items():
        region = regions[trust["region"]]["org_nr"]
        for number in (key, trust["org_nr"], *trust.get("replaced", ())):
            places.append(
                {"institution": number, "org_nr": trust["org_nr"] if number == key else number, "hospital": None,
                 "trust": trust["org_nr"], "region": region,
                 "valid_from": ALWAYS, "valid_to": EVER}
            )  # fmt: skip
    for hospital in hospitals:
        for period in hospital["belongs"]:
            trust = trusts[period["trust"]]
            for number in {hospital["org_nr"], hospital.get("radiotherapy_unit") or hospital["org_nr"]}:
                places.append(
                    {"institution": number, "org_nr": number, "hospital": hospital["org_nr"], "trust": trust["org_nr"],
                     "region": regions[trust["region"]]["org_nr"],
                     "valid_from": period.get("valid_from", ALWAYS), "valid_to": period.get("valid_to", EVER)}
                )  # fmt: skip
    return {
        "units": _table(units, level=TEXT, org_nr=TEXT, unit_name=TEXT),
        "places": _table(
            places, institution=TEXT, org_nr=TEXT, hospital=TEXT, trust=TEXT, region=TEXT, valid_from=DAY, valid_to=DAY
        ),
        "country": _table([{"org_nr": country["org_nr"]}], org_nr=TEXT),
    }


def _settings(changed: dict[str, Any]) -> dict[str, pa.Table]:
    settings = tomllib.loads((DATA / "settings.toml").read_text(encoding="utf-8"))
    settings |= settings.pop("inclusion") | changed
    ages, bands = settings.pop("age_groups"), settings.pop("open_age_bands")
    edges = [0, *ages, 1000]
    groups = [
        {"low": low, "high": high, "age_group": f"{low}-{high - 1}" if high < 1000 else f"{low}+"}
        for low, high in pairwise(edges)
    ]
    lows = [0, *(edge + 1 for edge in bands)]
    named = [
        {"low": low, "high": high, "band": f"{low}-{high}" if high < 10**6 else f"over_{low - 1}"}
        for low, high in zip(lows, [*bands, 10**6], strict=True)
    ]
    return {
        "settings": _whole_days(pa.Table.from_pylist([settings])),
        "age_groups": _table(groups, low=WHOLE, high=WHOLE, age_group=TEXT),
        "bands": _table(named, low=WHOLE, high=WHOLE, band=TEXT),
    }


def _whole_days(table: pa.Table) -> pa.Table:
    """Numbers of days as 32 bits, so that SQL can add them to dates."""
    small = [pa.field(f.name, WHOLE) if pa.types.is_int64(f.type) else f for f in table.schema]
    return table.cast(pa.schema(small))


def _labels() -> pa.Table:
    spans = {span["key"] for family in _read("families") if "share_to" in family for span in family["span"]}
    found = [i for file in _read("indicators") for i in file["indicator"] if i.get("span", "share") in {*spans, "share"}]
    return _table([{"indicator": i["key"], "label": i.get("label", "")} for i in found], indicator=TEXT, label=TEXT)
