"""The one pipeline object that computes features, in training and in inference: `gpu_rows` in, `feature_table` out."""

from kedro.pipeline import Pipeline, node

from gpu_kedro.domain.features import build_features

FEATURE_PIPELINE = Pipeline([node(build_features, "gpu_rows", "feature_table", name="build_features")], tags="features")
