"""Measurements of the service against other ways to serve the same models; not part of the package."""
