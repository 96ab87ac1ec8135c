"""The subset in pandas by its own methods: look up, sort by columns, group by columns; no packed keys, no loops."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bench.definitions import ATTENDANCE, DECISION, EVER, START, TREATMENT, cuts, definitions
from bench.pandas_peer import sums_of
from bench.same import Result, cells_table

GROUP = ["patient_id", "pw"]
UNITS = ("country", "region", "trust", "place")


class PlainPandas:
    """The definitions as frames, then one run at a time."""

    def __init__(self, cells: str = "all") -> None:
        known = definitions()
        self.cuts = cuts(cells)
        self.codes, self.places = known.codes.to_pandas(), known.places.to_pandas()
        self.pathways, self.limits = known.pathways.to_pandas(), known.limits.to_pandas()
        self.branch = pd.Series(known.branch_of_kind)

    def run(self, file: Path) -> dict[str, float]:
        """From Parquet to frames in memory; seconds of the parts."""
        begun = time.perf_counter()
        rows = self.read(file)
        read = time.perf_counter()
        self.episodes = self.link(rows)
        linked = time.perf_counter()
        self.cells = self.count()
        return {"read": read - begun, "link": linked - read, "figures": time.perf_counter() - linked}

    def read(self, file: Path) -> pd.DataFrame:
        """Registrations with what their code and place are, sorted. Codes and places are categories: the few different
        ones are looked up, and not each row's text.
        """
        rows = pq.read_table(file, read_dictionary=["code", "institution"]).to_pandas(date_as_object=False)
        rows["day"] = (rows.pop("event_date") - pd.Timestamp(0)).dt.days.astype("int32")
        self.last = rows["day"].max()
        code = rows.pop("code").cat
        of_code = self.codes.set_index("code").loc[code.categories].reset_index(drop=True).astype("int8")
        for name in of_code:
            rows[name] = of_code[name].take(code.codes).array
        place = rows.pop("institution").cat
        number = self.places.set_index("institution")["place"].loc[place.categories].astype("int16")
        rows["place"] = number.take(place.codes).array
        return rows.sort_values([*GROUP, "day", "ord", "place"], ignore_index=True)

    def link(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Episodes with the first of each point: a start opens one when there is none or the last is closed."""
        start = rows["pt"] == START
        marked = rows["closes"].where(start | (rows["closes"] == 1))
        groups = [rows[name] for name in GROUP]
        before = marked.groupby(groups, sort=False).shift().groupby(groups, sort=False).ffill()
        first = rows["closes"].groupby(groups, sort=False).cumcount() == 0
        rows["episode"] = (start & (first | (before == 1))).cumsum()
        opened = rows[start].groupby("episode", sort=False)
        found = opened[["pw", "day", "place"]].first().rename(columns={"day": "a"})
        found["starts"] = opened.size()
        point, closes = rows["pt"], rows["closes"] == 1
        for name, chosen in (("s", point == ATTENDANCE), ("c", point == DECISION), ("e", closes)):
            found[name] = rows[chosen].groupby("episode", sort=False)["day"].first()
        found[["f", "kind"]] = rows[rows["pt"] == TREATMENT].groupby("episode", sort=False)[["day", "kind"]].first()
        found["kind"] = found["kind"].fillna(0).astype("int8")
        found = found.merge(self.pathways[["pw", "closed", "organ"]], on="pw")
        found["unended"] = found["e"].isna()
        closed = found["closed"].where((found["closed"] < EVER) & (found["closed"] < self.last))
        found["e"] = found["e"].fillna(closed)
        return found

    def count(self) -> list[pd.DataFrame]:
        """n, within, median and 90th percentile of the cells of every cut."""
        self.waits = waits = self.measure()
        counted = []
        for cut in self.cuts:
            waits["period"] = waits["month"] // cut.step * cut.step
            keys = ["span", *(["pw"] if cut.by_pathway else []), *(["branch"] if cut.by_branch else [])]
            keys += [*([UNITS[cut.level]] if cut.level else []), "period"]
            rows = waits
            if not cut.by_pathway:
                rows = rows[rows["organ"] == 1]
            if cut.by_branch:
                rows = rows[rows["branch"] > 0]
            group = rows.groupby(keys, sort=False)
            table = group.agg(n=("days", "size"), inside=("inside", "sum"))
            table[["median", "p90"]] = group["days"].quantile([0.5, 0.9]).unstack()
            table = table.reset_index().rename(columns={UNITS[cut.level]: "unit"})
            missing = {"pw": -1, "branch": 0, "unit": 0, "level": cut.level, "step": cut.step}
            counted.append(table.assign(**{name: n for name, n in missing.items() if name not in table}))
        return counted

    def measure(self) -> pd.DataFrame:
        """One row for every time that is counted, with its limit."""
        e = self.episodes[self.episodes["e"].notna()]
        day = pd.to_datetime(e["e"], unit="D")
        e = e.assign(month=(day.dt.year * 12 + day.dt.month - 1).astype("int32"))
        parts = []
        for span, first, last in ((1, "a", "s"), (2, "s", "c"), (3, "c", "f"), (4, "a", "f")):
            part = e[["pw", "organ", "place", "a", "month", "kind"]].assign(span=span, days=e[last] - e[first])
            parts.append(part[part["days"] >= 0].assign(**({"kind": 0} if span < 3 else {})))
        waits = pd.concat(parts, ignore_index=True).astype({"days": "int32"})
        waits = waits.merge(self.limits.rename(columns={"days": "most"}), on=["pw", "span", "kind"])
        waits = waits[(waits["a"] >= waits["since"]) & (waits["a"] < waits["until"])]
        waits = waits.merge(self.places[["place", "trust", "region"]], on="place")
        waits["branch"] = waits["kind"].map(self.branch).astype("int8")
        waits["inside"] = waits["days"] <= waits["most"]
        return waits.drop(columns=["a", "kind", "since", "until"])

    def result(self) -> Result:
        """What was found."""
        sums, limits = sums_of(self.episodes, self.waits)
        names = ("span", "pw", "branch", "level", "unit", "step", "period", "n", "inside", "median", "p90")
        cells = pd.concat([table[list(names)] for table in self.cells])
        return Result.of(sums, limits, cells_table(*(pa.array(np.asarray(cells[name])) for name in names)))
