"""The rule book once more, in plain Python: an independent judge of the linking engine, used in tests and the bench only."""
