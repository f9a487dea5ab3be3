"""Graphics inside processors."""
