"""This product with its documented tables besides: episodes and messages with their ids and dates as text."""

from __future__ import annotations

import time
from pathlib import Path

from bench.product import TODAY
from pakkeforlop.review.monitoring import Sources, make_engine, start_run


class ProductTables:
    """What `monitor` has in memory before it writes its files."""

    def __init__(self) -> None:
        self.engine = make_engine()

    def run(self, file: Path) -> dict[str, float]:
        """From Parquet to the tables that are written; seconds of the parts."""
        run = start_run(Sources([file]), self.engine, today=TODAY)
        parts = {"read": run.seconds["read"], "link": run.seconds["link"]}
        for part in ("episodes", "messages", "indicators"):
            begun = time.perf_counter()
            getattr(run, part)
            parts["figures" if part == "indicators" else part] = time.perf_counter() - begun
        return parts
