"""Reporting to the register: what is due, what it will say, what was sent, what came back, what is locked."""
