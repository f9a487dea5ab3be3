"""The table of results that a run ends with, and where to look next."""

import os
from collections.abc import Mapping
from typing import Any

from kedro.io import DataCatalog
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gpu_kedro.modelling.formatting import format_count, format_number, format_share
from gpu_kedro.modelling.targets import TARGETS

_METRICS = "metrics"
_PAGES = ("report", "model_card")


def print_results(console: Console, outputs: set[str], catalog: DataCatalog) -> None:
    """Print the main figures of what the run trained or reported (`outputs`), nothing when it did neither."""
    if _METRICS in outputs:
        metrics = catalog.load(_METRICS)
        trained, missing = metrics["targets"], metrics["not_trained"]
    else:
        trained = {target: catalog.load(f"{target}_results") for target in TARGETS if f"{target}_results" in outputs}
        missing = []
    if trained:
        console.print(tabulate_results(trained))
    if missing:
        console.print(f"Not trained yet: {', '.join(missing)}; `kedro run` trains everything.", highlight=False)
    if _METRICS in outputs:
        for name in _PAGES:
            path = getattr(catalog.get(name), "_filepath", None)
            if path is not None:
                console.print(
                    f"{name.replace('_', ' ')}: {escape(os.path.relpath(path))}", highlight=False, soft_wrap=True
                )
        console.print("explore: make viz (pipelines and figures), make mlflow-ui (recorded runs)", highlight=False)


def tabulate_results(targets: Mapping[str, Mapping[str, Any]]) -> Table:
    """One line for each target and level of knowledge, on the grouped split.

    Args:
        targets: target → results with `splits`: split → level → model → stratum → metric.
    """
    table = Table(
        title="Results on GPUs of unseen chip families (grouped cross-validation)",
        caption="median error: of |predicted / measured − 1|; fit: R² of logarithms, macro-F1 for the segment; "
        "in 90 %: share inside the 90 % interval",
        caption_justify="left",
        title_justify="left",
    )
    table.add_column("target", no_wrap=True)
    table.add_column("known", no_wrap=True)
    for heading in ("GPUs", "median error", "ridge", "fit", "in 90 %"):
        table.add_column(heading, justify="right", no_wrap=True)
    for target, results in targets.items():
        is_regression = TARGETS[target].task == "regression"
        main, fit = ("median_error", "r2_log") if is_regression else ("exact", "macro_f1")
        for level, models in results["splits"].get("grouped", {}).items():
            ours, ridge = models["ours"]["all"], models["ridge"]["all"]
            table.add_row(
                target,
                level,
                format_count(ours["rows"]),
                f"{format_share(ours[main])}{'' if is_regression else ' exact'}",
                format_share(ridge[main]),
                format_number(ours[fit]),
                format_share(ours.get("coverage_90")),
            )
        table.add_section()
    return table
