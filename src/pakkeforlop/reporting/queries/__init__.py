"""Reads of reporting, always for someone's units."""
