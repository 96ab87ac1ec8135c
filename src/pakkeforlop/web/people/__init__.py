"""Users and what they are appointed to."""
