"""Logarithmic opinion pool: classifiers' probabilities multiplied, each raised to a weight that unseen rows chose.

Weights that sum to more than one make the pool surer than its members, less than one more careful: with one member this
is temperature scaling (Guo et al. 2017, On calibration of modern neural networks). The log loss is convex in the
weights, so the best ones are found whatever they start from.

Sources: Genest & Zidek (1986), Combining probability distributions; Heskes (1998), Selecting weighting factors in
logarithmic opinion pools.
"""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
#: A forest says never where it means seldom; a member must not rule a class out by itself.
_SMALLEST_PROBABILITY = 1e-3
_GREATEST_WEIGHT = 10.0


def pool_probabilities(members: Matrix, weights: Matrix) -> Matrix:
    """The pool of several classifiers.

    Args:
        members: (members, n, classes) probabilities.
        weights: (members,) none negative.

    Returns:
        (n, classes) probabilities.
    """
    # sums of a few rows must not depend on how many there are, as BLAS's would
    scores: Matrix = (weights[:, None, None] * np.log(np.maximum(members, _SMALLEST_PROBABILITY))).sum(axis=0)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    pooled: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return pooled


def fit_pool(members: Matrix, true: NDArray[np.int64]) -> Matrix:
    """The weights with the smallest log loss on predictions of rows that the members have not seen.

    Args:
        members: (members, n, classes) probabilities.
        true: (n,) positions of the true classes.

    Returns:
        (members,) weights.
    """
    from scipy.optimize import minimize

    logs = np.log(np.maximum(members, _SMALLEST_PROBABILITY))
    of_true = logs[:, np.arange(true.size), true].mean(axis=1)

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        scores = np.tensordot(weights, logs, axes=1)
        highest = scores.max(axis=1, keepdims=True)
        powers = np.exp(scores - highest)
        totals = powers.sum(axis=1, keepdims=True)
        value = float((np.log(totals) + highest).mean() - weights @ of_true)
        expected = (logs * (powers / totals)).sum(axis=2).mean(axis=1)
        return value, expected - of_true

    start = np.full(len(members), 1 / len(members))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0.0, _GREATEST_WEIGHT)] * len(members))
    weights: Matrix = found.x
    return weights


def cross_pool(members: Matrix, true: NDArray[np.int64], folds: NDArray[np.int64]) -> Matrix:
    """(n, classes): each fold's rows pooled with the weights of the other folds."""
    pooled = np.empty(members.shape[1:])
    for fold in np.unique(folds):
        held_out = folds == fold
        pooled[held_out] = pool_probabilities(members[:, held_out], fit_pool(members[:, ~held_out], true[~held_out]))
    return pooled
