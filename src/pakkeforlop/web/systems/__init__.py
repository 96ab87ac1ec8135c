"""Other systems that write and read by keys: which there are, a new key, a key ended."""
