"""Specification sheets, and which of them a name means."""
