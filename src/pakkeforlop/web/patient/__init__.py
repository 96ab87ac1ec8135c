"""The page of one patient: where the pathway stands and why, every registration, and the next code."""
