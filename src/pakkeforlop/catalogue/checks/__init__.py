"""The rules that hold between definitions: each takes the files that hold to their shape and tells its faults."""
