"""One script a page; each asks, and shows what comes back."""
