"""Tables of the working day, step by step."""
