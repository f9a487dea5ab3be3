"""Longer texts: which GPUs they name, and which of these they are about."""
