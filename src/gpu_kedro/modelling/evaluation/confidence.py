"""How sure a median or a share of a sample is: 95 % intervals without assumptions on the distribution."""

from math import ceil, floor, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_Z95 = 1.959964


class Spread(NamedTuple):
    """A figure of merit with its 95 % interval."""

    value: float
    lower: float
    upper: float


def median_interval(values: NDArray[np.float64]) -> Spread:
    """The median and a distribution-free 95 % interval of it, from order statistics.

    Takes the values as independent; variants of one chip are not quite, so the interval is a little short.

    Source: Conover (1999), Practical nonparametric statistics, section 3.2.
    """
    ordered = np.sort(values)
    reach = _Z95 * sqrt(ordered.size) / 2
    lower = max(floor(ordered.size / 2 - reach), 1)
    upper = min(ceil(ordered.size / 2 + reach) + 1, ordered.size)
    return Spread(float(np.median(ordered)), float(ordered[lower - 1]), float(ordered[upper - 1]))


def share_interval(share: float, rows: float) -> Spread:
    """A share and its 95 % interval.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    shrink = 1 + _Z95**2 / rows
    centre = (share + _Z95**2 / (2 * rows)) / shrink
    reach = _Z95 * sqrt(share * (1 - share) / rows + _Z95**2 / (4 * rows**2)) / shrink
    # at a share of 0 or 1 one end is the share itself, but for rounding
    return Spread(share, 0.0 if share == 0 else centre - reach, 1.0 if share == 1 else centre + reach)
