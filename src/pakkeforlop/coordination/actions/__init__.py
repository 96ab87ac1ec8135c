"""The only writes of the working day: one verb, one transaction, one line in the log."""
