"""Nodes of `monitoring`."""

import json
from typing import Any

import pandas as pd

from gpu_kedro.domain.features import FEATURE_NAMES, FeatureTable, build_features
from gpu_kedro.domain.identify import KNOWN_FIELDS
from gpu_kedro.modelling.bundle.files import Bundle
from gpu_kedro.modelling.bundle.predictor import ServedBundle
from gpu_kedro.modelling.evaluation.drift import TooFewPredictionsError, measure_drift
from gpu_kedro.modelling.options import MonitoringOptions
from gpu_kedro.modelling.targets import REGRESSION_TARGETS, SEGMENTS
from gpu_kedro.pipelines.inference.nodes import identify_queries
from gpu_kedro.reports.drift_page import write_drift_page

_OUTPUTS = [
    "match_confidence",
    *(f"p_{segment.lower()}" for segment in SEGMENTS),
    *(f"{target}_predicted" for target in REGRESSION_TARGETS),
]
_ALONGSIDE = ["match_kind", "warnings"]


def select_predictions(prediction_log: pd.DataFrame, monitoring: MonitoringOptions) -> pd.DataFrame:
    """The newest predictions.

    Raises:
        TooFewPredictionsError: there are fewer than a comparison needs.
    """
    if len(prediction_log) < monitoring.min_rows:
        raise TooFewPredictionsError(
            f"the prediction log holds {len(prediction_log)} predictions, {monitoring.min_rows} are needed "
            "(monitoring.min_rows): let the service answer more, with GPU_KEDRO_PREDICTION_LOG set"
        )
    return prediction_log.sort_values("asked_at", kind="stable").tail(monitoring.last_rows).reset_index(drop=True)


def recompute_inputs(recent: pd.DataFrame, bundle: Bundle) -> pd.DataFrame:
    """Features of what was asked, one row a query, as the inference pipeline computes them."""
    served = ServedBundle(bundle)
    queries = [_read_query(row) for row in recent.to_dict("records")]
    rows, _ = identify_queries(queries, served)
    table: FeatureTable = build_features(rows)
    return pd.DataFrame(table.values, columns=list(FEATURE_NAMES))


def _read_query(row: dict[Any, Any]) -> dict[str, Any]:
    known = {field: row[f"given_{field}"] for field in KNOWN_FIELDS}
    query = {field: value for field, value in known.items() if value is not None and value == value}
    query["name"] = row["name"] if isinstance(row["name"], str) else None
    if isinstance(row["specs"], str):
        query["specs"] = json.loads(row["specs"])
    return query


def list_training_outputs(bundle: Bundle) -> pd.DataFrame:
    """What the served bundle answers for the GPUs it was trained on, asked by their names."""
    catalogue = pd.DataFrame(json.loads(bundle.files["catalogue.json"]))
    known = catalogue[catalogue["origin"].eq("table")]
    return known[[*_OUTPUTS, *_ALONGSIDE]].reset_index(drop=True)


def compare_with_training(
    model_input: pd.DataFrame,
    training_outputs: pd.DataFrame,
    asked_inputs: pd.DataFrame,
    recent: pd.DataFrame,
    monitoring: MonitoringOptions,
) -> dict[str, Any]:
    """PSI and KS of every input and output, shares, and what is above its threshold."""
    return measure_drift(
        model_input[list(FEATURE_NAMES)], training_outputs, asked_inputs, recent[[*_OUTPUTS, *_ALONGSIDE]], monitoring
    )


def assemble_drift_report(
    drift: dict[str, Any],
    model_input: pd.DataFrame,
    training_outputs: pd.DataFrame,
    asked_inputs: pd.DataFrame,
    recent: pd.DataFrame,
    monitoring: MonitoringOptions,
) -> str:
    """The report as one HTML page."""
    return write_drift_page(drift, (model_input, training_outputs), (asked_inputs, recent), monitoring)
