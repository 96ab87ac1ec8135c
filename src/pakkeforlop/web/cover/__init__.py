"""Pages of lists handed over, and the one-page brief."""
