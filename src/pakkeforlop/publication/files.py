"""A table as the bytes of a file: what is released is written the same wherever it is written."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq


def csv_of(table: pa.Table) -> bytes:
    """UTF-8, comma, line feed; nothing for what is hidden."""
    stream = io.BytesIO()
    stream.write((",".join(table.column_names) + "\n").encode())
    pa_csv.write_csv(table, stream, pa_csv.WriteOptions(include_header=False))
    return stream.getvalue()


def parquet_of(table: pa.Table) -> bytes:
    """Parquet, packed with zstd."""
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()
