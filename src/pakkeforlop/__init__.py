"""Standardised patient pathways (pakkeforløp): one rule engine from code to figure."""
