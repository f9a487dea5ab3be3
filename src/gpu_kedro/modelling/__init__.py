"""What is learned from data: targets, splits, estimators, intervals, evaluation and bundles."""
