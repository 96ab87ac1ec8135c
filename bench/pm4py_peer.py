"""pm4py on a lesser task of its own: no episodes, no limits, no cells.

A case is a patient's registrations in a pathway. Asked for: the log in its form, the graph of what directly follows
what with times between (mean, median, least and greatest), the length of each case, the cases that begin with a start,
and those that have a treatment.
"""

from __future__ import annotations

import contextlib
import io
import time
from pathlib import Path

import pyarrow.parquet as pq

with contextlib.redirect_stdout(io.StringIO()):
    import pm4py

CASE, ACTIVITY, TIME = "case:concept:name", "concept:name", "time:timestamp"


class PM4Py:
    """One run at a time."""

    def run(self, file: Path) -> dict[str, float]:
        """From Parquet to pm4py's answers in memory; seconds of the parts."""
        parts = {}
        begun = time.perf_counter()
        rows = pq.read_table(file).to_pandas(date_as_object=False)
        rows[ACTIVITY] = rows["code"].astype(str)
        rows[CASE] = rows["patient_id"].astype(str) + rows[ACTIVITY].str.slice(0, 3)
        log = pm4py.format_dataframe(rows, case_id=CASE, activity_key=ACTIVITY, timestamp_key="event_date")
        parts["read"] = time.perf_counter() - begun
        begun = time.perf_counter()
        self.graph = pm4py.discover_performance_dfg(log)
        parts["graph"] = time.perf_counter() - begun
        begun = time.perf_counter()
        self.lengths = pm4py.get_all_case_durations(log)
        parts["lengths"] = time.perf_counter() - begun
        begun = time.perf_counter()
        codes = set(rows[ACTIVITY].unique())
        self.started = pm4py.filter_start_activities(log, {code for code in codes if code[3:] == "A"})
        treatments = {code for code in codes if code[3:4] == "F"}
        self.treated = pm4py.filter_event_attribute_values(log, ACTIVITY, treatments, level="case")
        parts["filters"] = time.perf_counter() - begun
        return parts
