"""The words of the public pages, a file for each language."""
