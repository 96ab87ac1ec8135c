"""Tables in and out: CSV, Parquet and Arrow, with a list of what was refused and why."""
