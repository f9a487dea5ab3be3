"""Scoring a file of GPUs."""
