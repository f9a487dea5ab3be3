"""What is known of a GPU at each level: some figures are hidden, so that a model learns to do without them.

In the table every GPU has a 2D mark and a test year, but somebody who asks may know the power only. A model that
has never seen a gap there would take it for an average card.
"""

from collections.abc import Iterable
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.modelling.targets import Level

#: Features that stand or fall together, each group hidden with probability one half.
HIDDEN_TOGETHER: tuple[tuple[str, ...], ...] = (
    ("log_g3d_mark",),
    ("log_g2d_mark",),
    ("log_price_usd",),
    ("log_tdp_w",),
    ("test_year", "years_since_release"),
)
_GROUPS = [[FEATURE_NAMES.index(name) for name in names] for names in HIDDEN_TOGETHER]


def hide_figures(
    values: NDArray[np.float64], gpu_ids: Iterable[str], level: Level, *, in_training: bool = False
) -> NDArray[np.float64]:
    """Hide figures of each GPU as its level says, which only "partly" does; the input is not changed.

    What is hidden depends on the GPU's name only, not on its place in the table; in training it is something else.
    """
    if level != "partly":
        return values
    hidden = values.copy()
    for row, gpu_id in enumerate(gpu_ids):
        choice = crc32(f"{int(in_training)}:{gpu_id}".encode())
        for position, columns in enumerate(_GROUPS):
            if choice >> (7 * position) & 1:
                hidden[row, columns] = np.nan
    return hidden
