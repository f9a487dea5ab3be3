"""Who is tested on whom: folds that keep a model number together, and a split in time."""

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from gpu_kedro.domain.errors import NotLearnableError
from gpu_kedro.modelling.options import SplitOptions


def assign_folds(groups: pd.Series, options: SplitOptions) -> pd.Series:
    """Give every GPU a test fold, 0 to folds − 1.

    All rows of one chip group (every GTX 1060, say) fall into one fold, for every target alike, so that a model
    never sees a sibling of the card it is tested on. Does not depend on the order of the rows.

    Args:
        groups: chip group per GPU, indexed by `gpu_id`.
        options: number of folds and the seed of the shuffle.

    Raises:
        NotLearnableError: fewer chip groups than folds.
    """
    ordered = groups.sort_index()
    if (known := ordered.nunique()) < options.folds:
        raise NotLearnableError(
            f"the table: chip families found: {known}, needed: {options.folds}, one for each test fold; give more rows"
        )
    splitter = GroupKFold(n_splits=options.folds, shuffle=True, random_state=options.seed)
    folds = pd.Series(-1, index=ordered.index, name="fold", dtype="int64")
    # numbers in the order of the texts: scikit-learn looks each text up in all others
    _, numbers = np.unique(ordered.to_numpy(dtype=object), return_inverse=True)
    for fold, (_, tested) in enumerate(splitter.split(numbers, groups=numbers)):
        folds.iloc[tested] = fold
    return folds.reindex(groups.index)


def is_training_year(test_years: pd.Series, options: SplitOptions) -> pd.Series:
    """True for GPUs tested up to the last training year; a missing test year counts as neither (False)."""
    return test_years.le(options.last_training_year) & test_years.notna()


def is_early_training_year(test_years: pd.Series, options: SplitOptions) -> pd.Series:
    """True for GPUs tested before the calibration years of the temporal split begin."""
    return test_years.le(options.last_training_year - options.calibration_years) & test_years.notna()
