"""The model card, the data card and the features page: figures in, Markdown out (`templates/*.md.j2`)."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gpu_kedro.modelling.formatting import UNKNOWN, format_share
from gpu_kedro.modelling.options import ModelOptions, SplitOptions
from gpu_kedro.modelling.targets import TARGETS
from gpu_kedro.reports.facts import collect_data_facts, collect_facts
from gpu_kedro.reports.tables.table import Table
from gpu_kedro.reports.templates import render

_MEMBER_TITLES = {
    "ridge": "ridge",
    "gaussian_process": "robust Gaussian process (trend and Matérn 3/2)",
    "extra_trees": "extra trees",
    "catboost": "CatBoost",
}


def write_model_card(metrics: Mapping[str, Any], splits: SplitOptions, models: Mapping[str, ModelOptions]) -> str:
    """The model card; `models` has the options of each target's blend."""
    titled = {TARGETS[target].title: options for target, options in models.items()}
    return render("model_card.md", **collect_facts(metrics, splits), models=titled, member_titles=_MEMBER_TITLES)


def write_data_card(metrics: Mapping[str, Any]) -> str:
    """The data card: what cleaning did, what is known, and how far the specifications reach."""
    known = tuple((column, format_share(share)) for column, share in metrics["data"]["known_share"].items())
    return render("data_card.md", **collect_data_facts(metrics), known_table=Table(("column", "known"), known))


def write_feature_page(feature_dictionary: pd.DataFrame) -> str:
    """The features dictionary.

    Args:
        feature_dictionary: columns `feature, unit, source, needs, known_share, smallest, largest`.
    """
    rows = tuple(
        (
            row["feature"],
            row["unit"],
            row["source"],
            row["needs"],
            format_share(row["known_share"], 0),
            _short_number(row["smallest"]),
            _short_number(row["largest"]),
        )
        for row in feature_dictionary.to_dict("records")
    )
    columns = ("feature", "unit", "source", "needs", "known", "smallest", "largest")
    return render("features.md", table=Table(columns, rows))


def _short_number(value: float) -> str:
    return UNKNOWN if value != value else f"{value:.4g}".replace("-", "−")
