"""Figures and cases become change: the report and the review meeting."""
