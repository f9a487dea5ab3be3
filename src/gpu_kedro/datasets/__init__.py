"""Kedro dataset classes for sources that no kedro-datasets class reads."""
