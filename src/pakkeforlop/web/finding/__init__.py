"""Finding a patient by name or number, on the list or not, and the way to one of another unit."""
