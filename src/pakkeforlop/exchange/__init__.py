"""The doors: files in and out, each refusing what cannot be used with a reason."""
