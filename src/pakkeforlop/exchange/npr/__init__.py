"""The national patient register's message: pathway codes out and in, and what the register answers."""
