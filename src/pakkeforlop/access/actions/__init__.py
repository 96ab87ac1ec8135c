"""The only writes to users, assignments, openings and posts; each in one transaction with its line on the log."""
