"""Reporting to the register: what was sent, what came back, what is locked, what is due, and whether all is there."""
