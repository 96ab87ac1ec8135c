"""Registrations become pathway episodes: the one kernel, its tables, linking and explanation."""
