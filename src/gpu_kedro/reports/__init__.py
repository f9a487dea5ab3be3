"""Pages, cards and figures for people."""
