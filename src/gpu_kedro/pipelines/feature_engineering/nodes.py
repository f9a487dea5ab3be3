"""Nodes of `feature_engineering`."""

import numpy as np
import pandas as pd

from gpu_kedro.domain.errors import GpuKedroError
from gpu_kedro.domain.features import FEATURE_NAMES, FEATURES, FeatureTable
from gpu_kedro.modelling.bundle.files import Bundle
from gpu_kedro.modelling.evaluation.splits import assign_folds, is_early_training_year, is_training_year
from gpu_kedro.modelling.learners.embedding import NameEmbedding
from gpu_kedro.modelling.options import EmbeddingOptions, SplitOptions
from gpu_kedro.modelling.targets import REGRESSION_TARGETS

#: What the models need of a GPU beside its features: the answers, and what results are broken down by.
_CONTEXT = (
    "gpu_id", "name", "chip_group", "segment", *REGRESSION_TARGETS,
    "is_strict", "vendor", "kind", "match_kind", "spec_release_year",
)  # fmt: skip
#: More teach no further n-grams, and take a gigabyte for 150,000.
_MOST_NAMES = 50_000


class UnknownTargetError(GpuKedroError):
    """A target is named that the table does not have."""


def tabulate_features(gpu_ids: pd.Series, feature_table: FeatureTable) -> pd.DataFrame:
    """Features as a table: `gpu_id`, `name_text` and one column per feature, in the order of the primary table."""
    # their own precision, in half of the memory
    features = pd.DataFrame(feature_table.values.astype(np.float32), columns=list(FEATURE_NAMES), copy=False)
    features.insert(0, "gpu_id", gpu_ids.to_numpy())
    features.insert(1, "name_text", feature_table.texts)
    return features


def describe_features(gpu_features: pd.DataFrame) -> pd.DataFrame:
    """The features dictionary: name, unit, source, what must be known, share known, smallest and largest value."""
    values = gpu_features[list(FEATURE_NAMES)]
    return pd.DataFrame(
        {
            "feature": FEATURE_NAMES,
            "unit": [feature.unit for feature in FEATURES],
            "source": [feature.source for feature in FEATURES],
            "needs": [feature.group for feature in FEATURES],
            "known_share": values.notna().mean().to_numpy(),
            "smallest": values.min().to_numpy(float),
            "largest": values.max().to_numpy(float),
        }
    )


def assemble_model_input(primary_gpus: pd.DataFrame, gpu_features: pd.DataFrame, splits: SplitOptions) -> pd.DataFrame:
    """One row a GPU: answers, strata, test fold, sides of the temporal splits, and the features.

    Raises:
        UnknownTargetError: a target is no column of the primary table.
    """
    absent = [name for name in _CONTEXT if name not in primary_gpus]
    if absent:
        raise UnknownTargetError(f"the primary table has no column {absent[0]!r}, which `TARGETS` names as a target")
    parts = [primary_gpus[list(_CONTEXT)].set_index("gpu_id"), gpu_features.set_index("gpu_id")]
    # parts of one order are put side by side without a copy
    context = pd.concat(parts, axis=1, join="inner").reset_index()
    groups = context.set_index("gpu_id")["chip_group"]
    return context.assign(
        fold=assign_folds(groups, splits).to_numpy(),
        is_early=is_training_year(context["test_year"], splits).to_numpy(),
        is_earliest=is_early_training_year(context["test_year"], splits).to_numpy(),
    )


def fit_name_embedding(gpu_features: pd.DataFrame, options: EmbeddingOptions, splits: SplitOptions) -> Bundle:
    """Learn the name embedding that is served, from every name in the table; of a large one from every k-th."""
    names = sorted(gpu_features["name_text"])
    embedding = NameEmbedding.fit(names[:: -(-len(names) // _MOST_NAMES)], options, splits.seed)
    return Bundle(embedding.to_files(), {"kind": "name embedding", "dims": embedding.dims})
