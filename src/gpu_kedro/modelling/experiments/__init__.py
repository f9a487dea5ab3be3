"""Comparisons with other recipes: baselines, AutoGluon, a search inside folds."""
