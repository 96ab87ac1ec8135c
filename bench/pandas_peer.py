"""The subset in pandas: whole columns, one sort of packed keys, no loop over rows and no apply."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bench.definitions import ATTENDANCE, DECISION, EVER, START, TREATMENT, cuts, definitions
from bench.same import Result, cells_table

KEY_BITS = 31


class Pandas:
    """The definitions as frames and arrays, then one run at a time."""

    def __init__(self, cells: str = "all") -> None:
        known = definitions()
        self.cuts = cuts(cells)
        self.codes = known.codes.to_pandas().set_index("code")
        self.places = known.places.to_pandas().set_index("institution")
        pathways = known.pathways.to_pandas()
        self.closed = pathways["closed"].to_numpy()
        self.trust, self.region = np.zeros(256, np.int64), np.zeros(256, np.int64)
        self.trust[self.places["place"]] = self.places["trust"]
        self.region[self.places["place"]] = self.places["region"]
        self.organ = pathways["organ"].to_numpy()
        self.branch = np.array(known.branch_of_kind)
        width = 1 << 6
        self.point, self.kind, self.closes = (np.zeros(32 * width, np.int8) for _ in range(3))
        at = (self.codes["pw"] * width + self.codes["ord"]).to_numpy()
        self.point[at], self.kind[at], self.closes[at] = self.codes["pt"], self.codes["kind"], self.codes["closes"]
        self.limits = known.limits.to_pandas()
        self.kinds = len(known.kinds)

    def run(self, file: Path) -> dict[str, float]:
        """From Parquet to frames in memory; seconds of the parts."""
        begun = time.perf_counter()
        key = self.read(file)
        read = time.perf_counter()
        self.episodes = self.link(key)
        linked = time.perf_counter()
        self.cells = self.count()
        return {"read": read - begun, "link": linked - read, "figures": time.perf_counter() - linked}

    def read(self, file: Path) -> pd.Series:
        """Registrations as sorted keys: patient, pathway, day, order, place."""
        table = pq.read_table(file, read_dictionary=["code", "institution"])
        rows = table.select(["code", "institution", "event_date"]).to_pandas(date_as_object=False)
        names = rows["code"].cat.categories
        code = rows["code"].cat.codes.to_numpy()
        pathway = self.codes["pw"].reindex(names).to_numpy(np.int64)[code]
        order = self.codes["ord"].reindex(names).to_numpy(np.int64)[code]
        places = self.places["place"].reindex(rows["institution"].cat.categories).to_numpy(np.int64)
        day = rows["event_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
        self.last = int(day.max())
        if pa.types.is_integer(table["patient_id"].type):
            self.patients = None
            patient = table["patient_id"].to_numpy()
        else:
            patient, self.patients = pd.factorize(table["patient_id"].to_pandas())
        key = (patient.astype(np.int64) * 32 + pathway) << KEY_BITS
        key |= (day * 64 + order) * 256 + places[rows["institution"].cat.codes.to_numpy()]
        return pd.Series(key).sort_values(ignore_index=True)

    def link(self, key: pd.Series) -> pd.DataFrame:
        """Episodes with the first of each point."""
        packed = key.to_numpy()
        group, k = packed >> KEY_BITS, (packed & ((1 << KEY_BITS) - 1)).astype(np.int32)
        rows = pd.DataFrame({"group": group, "day": k >> 14, "place": k & 255})
        code = (group & 31) * 64 + ((k >> 8) & 63)
        rows["point"], rows["kind"], closes = self.point[code], self.kind[code], self.closes[code] == 1
        starts = rows["point"].to_numpy() == START
        marked = pd.Series(np.where(starts, 0, np.where(closes, 1, np.nan)))
        state = marked.ffill().shift().to_numpy()
        new_group = (rows["group"] != rows["group"].shift()).to_numpy()
        rows["episode"] = np.cumsum(starts & (new_group | (state == 1))) - 1
        opened = rows[starts]
        found = opened.drop_duplicates("episode").set_index("episode")[["group", "day", "place"]]
        found = found.rename(columns={"day": "a"})
        found["starts"] = np.bincount(opened["episode"])
        found["pw"] = found["group"] & 31
        for name, chosen in (
            ("s", rows["point"] == ATTENDANCE), ("c", rows["point"] == DECISION),
            ("f", rows["point"] == TREATMENT), ("e", pd.Series(closes)),
        ):  # fmt: skip
            first = rows[chosen.to_numpy()].drop_duplicates("episode").set_index("episode")
            found[name] = first["day"]
            if name == "f":
                found["kind"] = first["kind"]
        found["unended"] = found["e"].isna()
        closed = pd.Series(self.closed[found["pw"]], index=found.index)
        found["e"] = found["e"].fillna(closed.where((closed < EVER) & (closed < self.last)))
        return found

    def count(self) -> list[pd.DataFrame]:
        """n, within, median and 90th percentile of the cells of every cut."""
        self.waits = waits = self.measure()
        waits["inside"] = waits["days"] <= waits["most"]
        base = waits["span"].to_numpy()
        units = (0, self.region[waits["place"]], self.trust[waits["place"]], waits["place"].to_numpy())
        organ, branch = self.organ[waits["pw"]] == 1, waits["branch"].to_numpy()
        counted = []
        for cut in self.cuts:
            period = waits["month"].to_numpy() // cut.step * cut.step
            cell = (base * 64 + (waits["pw"].to_numpy() if cut.by_pathway else 63)) * 8
            cell = ((cell + (branch if cut.by_branch else 0)) * 256 + units[cut.level]) * 32768 + period
            chosen = np.ones(len(waits), bool) if cut.by_pathway else organ
            if cut.by_branch:
                chosen = chosen & (branch > 0)
            rows = waits if chosen.all() else waits[chosen]
            group = rows.groupby(cell if chosen.all() else cell[chosen], sort=False)
            table = group.agg(n=("days", "size"), inside=("inside", "sum"))
            quantiles = group["days"].quantile([0.5, 0.9]).to_numpy().reshape(-1, 2)
            table["median"], table["p90"] = quantiles[:, 0], quantiles[:, 1]
            table["level"], table["step"] = cut.level, cut.step
            counted.append(table)
        return counted

    def measure(self) -> pd.DataFrame:
        """One row for every time that is counted, with its limit."""
        e = self.episodes
        ended = e[e["e"].notna()]
        month = ended["e"].to_numpy().astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
        kind_of_all = ended["kind"].fillna(0).to_numpy(np.int64)
        pathway, place, start = (ended[name].to_numpy() for name in ("pw", "place", "a"))
        parts = []
        for span, first, last in ((1, "a", "s"), (2, "s", "c"), (3, "c", "f"), (4, "a", "f")):
            days = (ended[last] - ended[first]).to_numpy()
            kind = kind_of_all if span > 2 else np.zeros_like(kind_of_all)
            chosen = np.flatnonzero(days >= 0)
            most = self.limit_of(span, pathway[chosen], kind[chosen], start[chosen])
            known = ~np.isnan(most)
            chosen = chosen[known]
            parts.append(
                pd.DataFrame(
                    {"span": span, "pw": pathway[chosen], "place": place[chosen], "month": month[chosen],
                     "branch": self.branch[kind[chosen]], "days": days[chosen], "most": most[known]}
                )
            )  # fmt: skip
        return pd.concat(parts, ignore_index=True)

    def limit_of(self, span: int, pathway: np.ndarray, kind: np.ndarray, start: np.ndarray) -> np.ndarray:
        """The limit in force on each start day; NaN where there is none."""
        found = np.full(len(pathway), np.nan)
        group = pathway * self.kinds + kind.astype(np.int64)
        limits = self.limits[self.limits["span"] == span]
        for since in np.sort(limits["since"].unique()):
            table = np.full(32 * self.kinds, np.nan)
            new = limits[limits["since"] == since]
            table[new["pw"] * self.kinds + new["kind"]] = new["days"]
            value = table[group]
            found = np.where((start >= since) & ~np.isnan(value), value, found)
        return found

    def result(self) -> Result:
        """What was found."""
        sums, limits = sums_of(self.episodes, self.waits)
        cells = pd.concat(self.cells)
        cell = cells.index.to_numpy()
        pathway = (cell >> 26) & 63
        columns = [
            cell >> 32, np.where(pathway == 63, -1, pathway), (cell >> 23) & 7, cells["level"], (cell >> 15) & 255,
            cells["step"], cell & 32767, cells["n"], cells["inside"], cells["median"], cells["p90"],
        ]  # fmt: skip
        return Result.of(sums, limits, cells_table(*(pa.array(np.asarray(column)) for column in columns)))


def sums_of(e: pd.DataFrame, waits: pd.DataFrame) -> tuple[list[int], list[int]]:
    """What `Result` holds beside the cells: sums over the episodes, and the limits of each span added up."""

    def total(days: Any) -> int:
        return int(days[days >= 0].sum())

    sums = [
        len(e), int(e["starts"].sum()) - len(e), int(e["a"].sum()), int((~e["unended"]).sum()),
        int((e["unended"] & e["e"].notna()).sum()), int(e["e"].sum()), total(e["s"] - e["a"]),
        total(e["c"] - e["s"]), total(e["f"] - e["c"]), total(e["f"] - e["a"]),
    ]  # fmt: skip
    return sums, [int(value) for value in waits.groupby("span")["most"].sum()]
