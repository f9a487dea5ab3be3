"""A Gaussian process that survives wrong labels and goes on beyond the training data.

Its covariance has two parts: a linear trend in the logarithms of compute, memory, era and power, which carries it to
cards newer than the table, and a curved one (Matérn 3/2). Each part has a scale of its own for every kind of input,
learned from the training rows alone (marginal likelihood and a prior). Noise follows Student's t: a label that its
neighbours contradict loses weight. How trustworthy a row is (`trust`) has its own noise. Where an answer levels off
(a score whose test the fastest cards outgrow), only a share of what exceeds the highest training answers is believed.

Sources: Rasmussen & Williams (2006), Gaussian processes for machine learning (sections 4.2, 5.1, 5.4.1 and 5.4.2);
Lange, Little & Taylor (1989), Robust statistical modeling using the t distribution (the weights).
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.modelling.arrays import array_bytes, multiply_rows, read_array
from gpu_kedro.modelling.input_kinds import TREND_KINDS
from gpu_kedro.modelling.options import GaussianProcessOptions

Matrix = NDArray[np.float64]
#: Rows answered together, so that a large batch needs little memory.
_BLOCK_ROWS = 128
#: Scale that a kind of input starts from, shared among its inputs, so that each kind moves distances alike.
_START_SCALE = 0.3
_LOWEST_SCALE, _HIGHEST_SCALE = -8.0, 2.0
_AMPLITUDE_BOUNDS = (-5.0, 4.0)
_NOISE_BOUNDS = (-7.0, 2.0)
#: Variance of the noise that learning starts from, by trust; the last one repeats.
_START_NOISE = (-3.0, -2.5, -2.0, 0.0)
#: Precision of a normal prior on every logarithm around its start. Scales left to the likelihood alone predict the
#: years after their training rows worse, and otherwise for every sample of the rows.
_PRIOR_OF_SCALES, _PRIOR_OF_OTHERS = 3.0, 0.1
_JITTER = 1e-8
_REWEIGHTINGS = 2
#: Of the training answers; the few highest are wrong labels as often as not.
_CEILING_QUANTILE = 0.995


def _correlate(squares: Matrix) -> Matrix:
    """Matérn 3/2, of squared distances."""
    roots = np.sqrt(3 * squares)
    values: Matrix = (1 + roots) * np.exp(-roots)
    return values


class GaussianProcess:
    """A fitted process as plain arrays; answers with NumPy alone.

    Args:
        vectors: (m, inputs) training inputs.
        scales: (inputs,) scale of each input in the curved part.
        weights: (m,) weight of each training row in the curved part.
        slopes: (inputs,) the linear trend.
        intercept: the level.
        ceiling: the highest training answers.
        beyond: share of what an answer exceeds the ceiling by that is believed, 1 for all of it.
    """

    def __init__(
        self,
        vectors: Matrix,
        scales: Matrix,
        weights: Matrix,
        slopes: Matrix,
        intercept: float,
        ceiling: float = np.inf,
        beyond: float = 1.0,
    ) -> None:
        self.scales = scales
        self.weights = weights
        self.slopes = slopes
        self.intercept = intercept
        self.ceiling = ceiling
        self.beyond = beyond
        scaled = vectors * scales
        self._doubled = np.ascontiguousarray(2 * scaled.T)
        self._norms = np.square(scaled).sum(axis=1)

    def predict(self, inputs: NDArray[np.float32]) -> Matrix:
        """(n,) answers to (n, inputs)."""
        values = inputs.astype(np.float64)
        answers: Matrix = np.vecdot(values, self.slopes) + self.intercept
        scaled = values * self.scales
        for start in range(0, len(values), _BLOCK_ROWS):
            block = scaled[start : start + _BLOCK_ROWS]
            squares = multiply_rows(block, self._doubled)
            np.subtract(self._norms, squares, out=squares)
            squares += np.square(block).sum(axis=1, keepdims=True)
            np.maximum(squares, 0.0, out=squares)
            answers[start : start + _BLOCK_ROWS] += np.vecdot(_correlate(squares), self.weights)
        excess = np.maximum(answers - self.ceiling, 0.0)
        answers -= (1 - self.beyond) * excess
        return answers

    @property
    def vectors(self) -> NDArray[np.float32]:
        """(m, inputs) training inputs, which are float32 by origin."""
        return (self._doubled.T / (2 * self.scales)).astype(np.float32)

    def to_files(self) -> dict[str, bytes]:
        """The process as files of a bundle."""
        return {
            "ceiling.npy": array_bytes(np.array([self.ceiling, self.beyond])),
            "intercept.npy": array_bytes(np.array([self.intercept])),
            "scales.npy": array_bytes(self.scales),
            "slopes.npy": array_bytes(self.slopes),
            "vectors.npy": array_bytes(self.vectors),
            "weights.npy": array_bytes(self.weights),
        }

    @classmethod
    def from_files(cls, files: dict[str, bytes]) -> Self:
        """Read back what `to_files` wrote."""
        names = ("ceiling", "intercept", "scales", "slopes", "vectors", "weights")
        ceiling, intercept, scales, slopes, vectors, weights = (read_array(files[f"{name}.npy"]) for name in names)
        return cls(vectors.astype(np.float64), scales, weights, slopes, float(intercept[0]), *map(float, ceiling))


def fit_gaussian_process(
    inputs: NDArray[np.float32],
    answers: Matrix,
    kinds: Sequence[str],
    trust: NDArray[np.int64],
    options: GaussianProcessOptions,
    seed: int,
) -> GaussianProcess:
    """Learn the scales from a sample of the rows, then the answers from all of them.

    Args:
        inputs: (n, inputs) standard scores.
        answers: (n,) natural logarithms.
        kinds: kind of each input (`gpu_kedro.modelling.input_kinds`).
        trust: (n,) group of rows with a noise of its own, 0 for the most trustworthy.
        options: size of the sample, steps of the search, degrees of freedom of the noise.
        seed: chooses the sample.
    """
    values, groups = inputs.astype(np.float64), np.unique(trust, return_inverse=True)[1]
    level = float(answers.mean())
    layout = _Layout(kinds, int(groups.max()) + 1)
    sample = np.random.default_rng(seed).permutation(len(values))[: options.learning_rows]
    logs = _learn(layout, values[sample], answers[sample] - level, groups[sample], options)
    covariance = layout.cover(values, logs)
    noise = np.exp(logs[layout.noise])[groups]
    alpha, outlying = _solve_robustly(covariance, answers - level, noise, options)
    if len(values) > options.vectors:
        pivots, alpha = _condense(covariance, answers - level, noise * outlying, options.vectors)
        values = values[pivots]
    return GaussianProcess(
        vectors=values,
        scales=layout.scales(logs),
        weights=np.exp(logs[layout.amplitude]) * alpha,
        slopes=(alpha @ values) * np.square(layout.trend_scales(logs)),
        intercept=level + float(alpha.sum()),
        ceiling=float(np.quantile(answers, _CEILING_QUANTILE)),
        beyond=options.beyond,
    )


class _Layout:
    """Where each parameter's logarithm stands in one vector, and the covariance that they make."""

    def __init__(self, kinds: Sequence[str], trusts: int) -> None:
        self.kinds = sorted(set(kinds))
        self.trusts = trusts
        self.places = np.array([self.kinds.index(kind) for kind in kinds])
        self.trend_kinds = [place for place, kind in enumerate(self.kinds) if kind in TREND_KINDS]
        self.trend = slice(0, len(self.trend_kinds))
        self.curved = slice(self.trend.stop, self.trend.stop + len(self.kinds))
        self.amplitude = self.curved.stop
        self.noise = slice(self.amplitude + 1, self.amplitude + 1 + trusts)
        noise = [_START_NOISE[min(place, len(_START_NOISE) - 1)] for place in range(trusts)]
        shared = np.log(_START_SCALE) - 0.5 * np.log(np.bincount(self.places))
        self.start = np.concatenate([shared[self.trend_kinds], shared, [0.0], noise])
        self.prior = np.array([_PRIOR_OF_SCALES] * self.amplitude + [_PRIOR_OF_OTHERS] * (1 + trusts))
        self.bounds = [
            *[(_LOWEST_SCALE, _HIGHEST_SCALE)] * self.amplitude,
            _AMPLITUDE_BOUNDS,
            *[_NOISE_BOUNDS] * trusts,
        ]

    def scales(self, logs: Matrix) -> Matrix:
        """(inputs,) scale of each input in the curved part."""
        scales: Matrix = np.exp(logs[self.curved])[self.places]
        return scales

    def trend_scales(self, logs: Matrix) -> Matrix:
        """(inputs,) scale of each input in the linear trend, 0 for those without one."""
        scales = np.zeros(len(self.kinds))
        scales[self.trend_kinds] = np.exp(logs[self.trend])
        by_input: Matrix = scales[self.places]
        return by_input

    def cover(self, values: Matrix, logs: Matrix) -> Matrix:
        """(n, n) covariance of the rows' answers without noise."""
        trend = values * self.trend_scales(logs)
        covariance: Matrix = 1.0 + trend @ trend.T
        covariance += np.exp(logs[self.amplitude]) * _correlate(_squared_distances(values * self.scales(logs)))
        return covariance

    def judge(
        self, logs: Matrix, values: Matrix, answers: Matrix, groups: NDArray[np.int64], outlying: Matrix
    ) -> tuple[float, Matrix]:
        """Negative log posterior of the parameters and its gradient (equation 5.9 of the book)."""
        trend = values * self.trend_scales(logs)
        scaled, amplitude = values * self.scales(logs), float(np.exp(logs[self.amplitude]))
        squares = _squared_distances(scaled)
        curved = amplitude * _correlate(squares)
        noise = np.exp(logs[self.noise])[groups] * outlying
        solved = _invert(1.0 + trend @ trend.T + curved, noise)
        if solved is None:
            return 1e10, np.zeros_like(logs)
        inverse, half_log_determinant = solved
        alpha = inverse @ answers
        away = logs - self.start
        loss = 0.5 * float(answers @ alpha) + half_log_determinant + 0.5 * float(self.prior @ np.square(away))
        excess = inverse - np.outer(alpha, alpha)
        gradient = np.empty_like(logs)
        by_input = np.einsum("ij,ij->j", excess @ trend, trend)
        gradient[self.trend] = np.bincount(self.places, by_input, len(self.kinds))[self.trend_kinds]
        # the derivative of the correlation by the squared distance is −1.5 exp(−√(3 · squared distance))
        pull = excess * (-1.5 * amplitude * np.exp(-np.sqrt(3 * squares)))
        by_input = 2 * (pull.sum(axis=1) @ np.square(scaled) - np.einsum("ij,ij->j", pull @ scaled, scaled))
        gradient[self.curved] = np.bincount(self.places, by_input, len(self.kinds))
        gradient[self.amplitude] = 0.5 * np.einsum("ij,ij->", excess, curved)
        gradient[self.noise] = 0.5 * np.bincount(groups, np.diag(excess) * noise, self.trusts)
        return loss, gradient + self.prior * away


def _learn(
    layout: _Layout, values: Matrix, answers: Matrix, groups: NDArray[np.int64], options: GaussianProcessOptions
) -> Matrix:
    """Logarithms of the parameters: a search on the first third of the rows, then on all, without their outliers."""
    from scipy.optimize import minimize

    logs = layout.start
    for rows, steps in ((slice(0, max(len(values) // 3, 1)), 4 * options.steps), (slice(None), options.steps)):
        facts = values[rows], answers[rows], groups[rows]
        noise = np.exp(logs[layout.noise])[facts[2]]
        _, outlying = _solve_robustly(layout.cover(facts[0], logs), facts[1], noise, options)
        found: Any = minimize(
            layout.judge,
            logs,
            args=(*facts, outlying),
            jac=True,
            method="L-BFGS-B",
            bounds=layout.bounds,
            options={"maxiter": steps},
        )
        logs = found.x
    return logs


def _solve_robustly(
    covariance: Matrix, answers: Matrix, noise: Matrix, options: GaussianProcessOptions
) -> tuple[Matrix, Matrix]:
    """Weights of the rows, (n,), and how many times larger the noise of each is than that of its group.

    A row's noise grows with the error that the other rows would make on it (leave-one-out, equation 5.12 of the book).
    """
    outlying = np.ones_like(noise)
    for _ in range(_REWEIGHTINGS):
        solved = _invert(covariance, noise * outlying)
        if solved is None:
            raise ValueError("the covariance is not positive definite: are there infinite inputs?")
        variances = 1 / np.diag(solved[0])
        errors = (solved[0] @ answers) * variances
        freedom = options.degrees_of_freedom
        outlying = (freedom + np.square(errors) / np.maximum(variances, noise)) / (freedom + 1)
    from scipy.linalg import cho_factor, cho_solve

    factor = cho_factor(covariance + np.diag(noise * outlying + _JITTER), lower=True)
    return cho_solve(factor, answers), outlying


def _condense(covariance: Matrix, answers: Matrix, noise: Matrix, count: int) -> tuple[NDArray[np.int64], Matrix]:
    """The `count` rows that stand for all, and their weights, learned from all.

    Rows are pivots of an incomplete Cholesky decomposition of the covariance in units of the noise, weights those of
    the deterministic training conditional (Rasmussen & Williams 2006, section 8.3.1, "subset of regressors").
    """
    precision = 1 / noise
    left = np.diag(covariance).copy()
    columns = np.zeros((len(covariance), count))
    pivots = np.empty(count, dtype=np.int64)
    is_taken = np.zeros(len(covariance), dtype=bool)
    for place in range(count):
        pivot = int(np.argmax(np.where(is_taken, -1.0, left * np.sqrt(precision))))
        explained = columns[:, :place] @ columns[pivot, :place]
        columns[:, place] = (covariance[:, pivot] - explained) / np.sqrt(max(left[pivot], _JITTER))
        left = np.maximum(left - np.square(columns[:, place]), 0.0)
        pivots[place], is_taken[pivot] = pivot, True
    from scipy.linalg import cho_factor, cho_solve

    across = covariance[:, pivots]
    normal = across.T @ (across * precision[:, None]) + covariance[np.ix_(pivots, pivots)]
    normal[np.diag_indices_from(normal)] += _JITTER * np.diag(normal).mean()
    return pivots, cho_solve(cho_factor(normal, lower=True), across.T @ (precision * answers))


def _invert(covariance: Matrix, noise: Matrix) -> tuple[Matrix, float] | None:
    """Inverse of covariance plus noise, and half the logarithm of its determinant; None if it has none."""
    from scipy.linalg.lapack import dpotrf, dpotri

    total = covariance.copy()
    total[np.diag_indices_from(total)] += noise + _JITTER
    factor, failed = dpotrf(total, lower=1, overwrite_a=1)
    if failed:
        return None
    half_log_determinant = float(np.log(np.diag(factor)).sum())
    inverse, failed = dpotri(factor, lower=1, overwrite_c=1)
    lower = np.tril(inverse)
    return lower + np.tril(inverse, -1).T, half_log_determinant


def _squared_distances(scaled: Matrix) -> Matrix:
    norms = np.square(scaled).sum(axis=1)
    squares: Matrix = scaled @ scaled.T
    squares *= -2
    squares += norms[:, None]
    squares += norms
    np.maximum(squares, 0.0, out=squares)
    return squares
