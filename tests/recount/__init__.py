"""Every figure counted a second time, in plain SQL written from the rules, and compared cell by cell."""
