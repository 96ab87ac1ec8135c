"""Pages of tasks and promised answers."""
