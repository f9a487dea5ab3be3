"""Models that learn from the data."""
