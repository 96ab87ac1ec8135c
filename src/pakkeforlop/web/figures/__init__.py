"""The report of the last run, for those who may see figures that are not released."""
