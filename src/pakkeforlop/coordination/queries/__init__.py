"""What the pages read, always for someone's units."""
