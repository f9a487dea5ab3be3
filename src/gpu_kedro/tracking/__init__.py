"""Records every run in a local store, and sends finished runs to a server."""
