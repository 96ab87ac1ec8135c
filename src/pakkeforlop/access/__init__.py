"""Who may do what, for which unit, and the trail of every look and change."""
