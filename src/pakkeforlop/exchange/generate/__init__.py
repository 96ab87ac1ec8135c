"""Synthetic registrations: leaves (whole numbers per pathway, period, unit and branch) drawn as people and codes."""
