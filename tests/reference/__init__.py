"""The rule book in plain Python: an independent judge of the linking engine, for tests and the bench only."""
