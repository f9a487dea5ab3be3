"""What the data says: one module a question, each with its method, its uncertainty and its caveat."""
