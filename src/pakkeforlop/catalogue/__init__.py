"""Definitions as data: pathways, codes, limits, messages, units and indicators, each with dates and a source."""
