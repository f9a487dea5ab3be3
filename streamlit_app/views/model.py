"""Model: what is served, how good it is, and where the data come from."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from gpu_kedro.modelling.formatting import SPLIT_TITLES, format_factor, level_title, stratum_title
from gpu_kedro.modelling.targets import LEVELS, REGRESSION_TARGETS, TARGETS
from gpu_kedro.reports.attribution import ATTRIBUTION
from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.charts.figures import CONFIG
from streamlit_app.charts.model import (
    SMALLEST_STRATUM,
    draw_coverage,
    draw_reliability,
    draw_weights,
    list_strata,
    order_strata,
)
from streamlit_app.frame import show
from streamlit_app.prices import PRICE_NOTE
from streamlit_app.widgets.tables import Column, draw_table
from streamlit_app.widgets.wording import escape_html

_OLD_BUNDLE = "The served bundle is older than this figure: train again with `make run` to have it."


def render(asker: Asker) -> None:
    """The card, the metrics, the plots and the sources."""
    card = asker.describe_model()
    _show_facts(card, asker)
    st.header("How good are the answers?", anchor=False)
    split_column, inputs_column = st.columns(2)
    targets = card["targets"]
    splits = [split for split in SPLIT_TITLES if split in targets["g3d_mark"]["metrics"]]
    split = split_column.selectbox(
        "Tested on", splits, format_func=SPLIT_TITLES.__getitem__, key="split", bind="query-params"
    )
    levels = [level for level in LEVELS if level in targets["g3d_mark"]["metrics"][split]]
    inputs = inputs_column.selectbox(
        "What was known", levels, index=len(levels) - 1, format_func=level_title, key="known", bind="query-params"
    )
    _show_overview(targets, split, inputs)
    st.header("By kind of GPU", anchor=False)
    target = st.segmented_control(
        "Figure", list(TARGETS), format_func=lambda one: TARGETS[one].title, default="g3d_mark", required=True,
        key="target", bind="query-params",
    )  # fmt: skip
    _show_strata(targets, target or "g3d_mark", split, inputs)
    _show_weights(targets[target or "g3d_mark"], target or "g3d_mark")
    _show_limits()


def _show_facts(card: Record, asker: Asker) -> None:
    with st.container(border=True):
        st.markdown(
            "Estimates of a GPU's 3D performance, price, power and market segment from its name and, as far as they "
            "are known, its specification and measured figures. Blends of a Gaussian process, extra trees, ridge "
            "regression and CatBoost; conformal intervals; probabilities calibrated on GPUs held out."
        )
        libraries = ", ".join(f"{name} {version}" for name, version in sorted(card["libraries"].items()))
        facts = {
            "Version": card["model_version"],
            "Trained": (card["trained_at"] or "not known")[:16].replace("T", " "),
            "GPUs in training": f"{card['rows']:,}" if card["rows"] else "not known",
            "Training data": (card["data_sha256"] or "not known")[:12],
            "Code": (card["git_commit"] or "not known")[:12],
            "Libraries": libraries or "not known",
            "Answers from": asker.backend.place,
        }
        st.html(
            draw_table(
                [
                    Column("Fact", [escape_html(name) for name in facts]),
                    Column("Value", [escape_html(told) for told in facts.values()]),
                ],
                "The model in service",
            )
        )


def _show_overview(targets: Mapping[str, Any], split: str, inputs: str) -> None:
    rows = []
    for name, target in targets.items():
        metrics = target["metrics"].get(split, {}).get(inputs)
        if metrics is None:
            continue
        is_figure = name in REGRESSION_TARGETS
        rows.append(
            {
                "Question": TARGETS[name].title,
                "GPUs": f"{metrics['rows']:,.0f}",
                "Typical error": _write_error(metrics) if is_figure else f"{1 - metrics['exact']:.1%} wrong",
                "Fit": f"R² {metrics['r2_log']:.3f}" if is_figure else f"macro-F1 {metrics['macro_f1']:.3f}",
                "In 80 %": _percent(metrics.get("coverage_80")),
                "In 90 %": _percent(metrics.get("coverage_90")),
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="overview", height="content")
    st.caption(
        "Every GPU was predicted by models that had seen none of its chip family. Typical error: the median of "
        "|predicted / measured − 1|, in brackets its 95 % interval."
    )


def _show_strata(targets: Mapping[str, Any], target: str, split: str, inputs: str) -> None:
    card = targets[target]
    strata = card.get("strata", {}).get(split, {}).get(inputs)
    if not strata:
        st.info(_OLD_BUNDLE)
        return
    if target in REGRESSION_TARGETS:
        st.plotly_chart(draw_coverage(strata), config=CONFIG, key="coverage")
        st.caption("Dashed: what the intervals promise. Bars: 95 % interval of the share. In brackets: GPUs.")
        rows = [
            {
                "GPUs of": stratum_title(name),
                "Number": f"{metrics['rows']:,.0f}",
                "Typical error": _write_error(metrics),
                "Within 20 %": _percent(metrics["within_20pct"]),
                "In 80 %": _percent(metrics["coverage_80"]),
                "In 90 %": _percent(metrics["coverage_90"]),
                "90 % interval": format_factor(metrics["width_90"]),
            }
            for name, metrics in list_strata(strata).items()
        ]
    else:
        bins = card.get("reliability", {}).get(split, {}).get(inputs)
        if bins:
            st.plotly_chart(draw_reliability(bins), config=CONFIG, key="reliability")
            st.caption("On the dashed line, probabilities are what they say. Bars: 95 % interval of the share.")
        else:
            st.info(_OLD_BUNDLE)
        rows = [
            {
                "GPUs of": stratum_title(name),
                "Number": f"{metrics['rows']:,.0f}",
                "All labels right": _percent(metrics["exact"]),
                "Calibration error": _percent(metrics["ece"]),
            }
            for name, metrics in order_strata(strata).items()
            if metrics["rows"] >= SMALLEST_STRATUM
        ]
    first = {"GPUs of": st.column_config.TextColumn(width=200)}
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="strata", height="content", column_config=first)


def _show_weights(card: Mapping[str, Any], target: str) -> None:
    st.header("What the answers rest on", anchor=False)
    if not card["importance"]:
        st.info(_OLD_BUNDLE)
        return
    figure = draw_weights(card["importance"], are_factors=target in REGRESSION_TARGETS)
    st.plotly_chart(figure, config=CONFIG, key="weights")
    st.caption(
        "How far each input typically moves the answer from that for a typical GPU, over GPUs whose name and "
        "specification sheet are known. *Ask* tells it of one GPU, under *Why?*."
    )


def _show_limits() -> None:
    st.header("What to keep in mind", anchor=False)
    st.markdown(
        f"- {PRICE_NOTE} Some are listings of scarce old stock.\n"
        "- Cards newer than the table (2022) are harder than the cross-validation says: see the temporal split, where "
        "the 90 % intervals cover less than 90 %.\n"
        "- Scores below 50 points are noisy; GPUs without a known specification are read off their name alone.\n"
        "- An interval is about one card of a kind, not about the mean of a fleet."
    )
    st.header("Sources", anchor=False)
    st.markdown(ATTRIBUTION)
    st.caption("Facts compiled by others; trademarks belong to their owners. This project's code: MIT licence.")


def _write_error(metrics: Mapping[str, Any]) -> str:
    low, high = metrics.get("median_error_low"), metrics.get("median_error_high")
    spread = "" if low is None or high is None else f" ({low:.1%} to {high:.1%})"
    return f"{metrics['median_error']:.1%}{spread}"


def _percent(share: float | None) -> str:
    return "–" if share is None or share != share else f"{share:.1%}"


show("Model", "The model card of the version in service: how good it is, for which GPUs, and from which data.", render)
