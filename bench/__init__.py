"""The benchmark: ratios within one run, on the same data, never absolute times."""
