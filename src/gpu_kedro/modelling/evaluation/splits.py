"""Who is tested on whom: folds that keep a model number together, and a split in time."""

from zlib import crc32

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from gpu_kedro.domain.errors import GpuKedroError, NotLearnableError
from gpu_kedro.domain.observations.joining import OBSERVED
from gpu_kedro.modelling.options import SplitOptions


class OtherFoldsError(GpuKedroError):
    """Folds on the disk are not those that a run asks for."""


def assign_folds(groups: pd.Series, options: SplitOptions) -> pd.Series:
    """Give every GPU a test fold, 0 to folds − 1.

    All rows of one chip group (every GTX 1060, say) fall into one fold, for every target alike, so that a model
    never sees a sibling of the card it is tested on. Does not depend on the order of the rows, nor on GPUs that only
    observations know: those go with their siblings, or where the hash of their group falls. `groups` are chip groups,
    indexed by `gpu_id`.

    Raises:
        NotLearnableError: fewer chip groups than folds.
    """
    is_late = groups.index.astype("str").str.endswith(OBSERVED)
    if is_late.any():
        return _assign_late(groups, assign_folds(groups[~is_late], options), options)
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


def _assign_late(groups: pd.Series, folds: pd.Series, options: SplitOptions) -> pd.Series:
    of_group = dict(zip(groups[folds.index], folds, strict=True))
    assigned = [of_group.get(group, crc32(group.encode()) % options.folds) for group in groups.tolist()]
    return pd.Series(assigned, index=groups.index, name="fold", dtype="int64")


def require_same_folds(model_input: pd.DataFrame, options: SplitOptions) -> None:
    """Refuse folds that were made with other options: whoever chose by them would choose on the reported ones.

    Raises:
        OtherFoldsError: the stored folds are not those of the options.
    """
    stored = model_input.set_index("gpu_id")
    if not stored["fold"].equals(assign_folds(stored["chip_group"], options)):
        raise OtherFoldsError(
            "the stored folds were made with other `splits` than this run asks for; run `kedro run --pipeline "
            "feature_engineering` with the same --params first"
        )


def is_training_year(test_years: pd.Series, options: SplitOptions) -> pd.Series:
    """True for GPUs tested up to the last training year; a missing test year counts as neither (False)."""
    return test_years.le(options.last_training_year) & test_years.notna()


def is_early_training_year(test_years: pd.Series, options: SplitOptions) -> pd.Series:
    """True for GPUs tested before the calibration years of the temporal split begin."""
    return test_years.le(options.last_training_year - options.calibration_years) & test_years.notna()
