"""Decides which bundle is served: a gate, an undo and a trace."""
