"""Temperature scaling: one number that makes a classifier's probabilities as sure as they deserve to be.

Source: Guo et al. (2017), On calibration of modern neural networks.
"""

import numpy as np
from numpy.typing import NDArray

_SMALLEST_PROBABILITY = 1e-6


def apply_temperature(probabilities: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Sharpen (below 1) or soften (above 1) probabilities of shape (n, classes)."""
    powered = np.maximum(probabilities, _SMALLEST_PROBABILITY) ** (1 / temperature)
    scaled: NDArray[np.float64] = powered / powered.sum(axis=1, keepdims=True)
    return scaled


def fit_temperature(probabilities: NDArray[np.float64], true: NDArray[np.int64]) -> float:
    """The temperature with the smallest log loss on unseen predictions.

    Args:
        probabilities: (n, classes) of rows the model has not seen.
        true: (n,) positions of the true classes.
    """
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        scaled = apply_temperature(probabilities, float(np.exp(log_temperature)))
        return float(-np.log(scaled[np.arange(true.size), true]).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def cross_temperature(
    probabilities: NDArray[np.float64], true: NDArray[np.int64], folds: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Scale each fold's probabilities by the temperature of the other folds."""
    scaled = np.empty_like(probabilities)
    for fold in np.unique(folds):
        held_out = folds == fold
        scaled[held_out] = apply_temperature(
            probabilities[held_out], fit_temperature(probabilities[~held_out], true[~held_out])
        )
    return scaled
