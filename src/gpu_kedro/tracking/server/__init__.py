"""Sends what was recorded to an MLflow server, and to its model registry."""
