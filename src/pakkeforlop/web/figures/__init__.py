"""Figures of a unit as they are now, down to the pathways behind them; and the report of the last nightly run."""
