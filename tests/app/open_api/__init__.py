"""The open interface as its readers meet it."""
