"""The worklist: what can still be saved today, and what to do for it."""
