"""The page of what became of proposals."""
