"""Wiring of `reporting`."""

from kedro.pipeline import Pipeline, node, pipeline

from gpu_kedro.modelling.targets import REGRESSION_TARGETS, TARGETS
from gpu_kedro.pipelines.reporting.analysis_pipeline import SHOWN, create_analysis_pipeline
from gpu_kedro.pipelines.reporting.nodes import (
    assemble_page,
    collect_metrics,
    describe_models,
    draw_importances,
    list_suspects,
)
from gpu_kedro.reports.cards import write_data_card, write_feature_page
from gpu_kedro.reports.figures.data import draw_ledger, draw_missing

_RESULTS = [*(f"{target}_results" for target in TARGETS), *(f"{target}_leakage" for target in REGRESSION_TARGETS)]
_FIGURES = [
    *(f"{target}_{figure}_figure" for target in REGRESSION_TARGETS for figure in ("predicted", "error", "coverage")),
    "segment_confusion_figure",
    "segment_reliability_figure",
    *(f"{target}_importance_figure" for target in TARGETS),
    "missing_figure",
    "ledger_figure",
]
#: Not part of the default pipeline; reported when they were run.
_LONG_STUDIES = ("benchmark", "tuning")
_UNSEEN = {
    target: f"regression.{target}.predictions" if target in REGRESSION_TARGETS else "classification.predictions"
    for target in TARGETS
}
_MODELS = {
    f"{target}_model": f"params:{f'regression.{target}' if target in REGRESSION_TARGETS else 'classification'}.model"
    for target in TARGETS
}


#: What others read.
_OUTPUTS = {
    "data_card", "feature_page", "findings", "ledger_figure", "metrics", "missing_figure", "model_card", "report",
    "suspects", "suspect_summary", *(f"{target}_importance_figure" for target in TARGETS),
}  # fmt: skip


def create_pipeline() -> Pipeline:
    """Primary table, results and figures in; analysis, table of metrics, cards and the report page out."""
    around = Pipeline(
        [
            node(draw_missing, "primary_gpus", "missing_figure", name="draw_missing"),
            node(draw_ledger, "ledger_summary", "ledger_figure", name="draw_ledger"),
            node(
                list_suspects,
                {**_by_name("raw_gpus", "clean_gpus", "primary_gpus", "ledger"), **_UNSEEN},
                ["suspects", "suspect_summary"],
                name="list_suspects",
            ),
            node(
                draw_importances,
                "importance",
                {target: f"{target}_importance_figure" for target in TARGETS},
                name="draw_importances",
            ),
            node(
                collect_metrics,
                _by_name(
                    "ledger_summary",
                    "join_reach",
                    "primary_gpus",
                    "segment_fill",
                    "importance",
                    "suspect_summary",
                    "findings",
                    *_RESULTS,
                    *_LONG_STUDIES,
                ),
                "metrics",
                name="collect_metrics",
            ),
            node(
                describe_models,
                {"metrics": "metrics", "splits": "params:splits", **_MODELS},
                "model_card",
                name="write_model_card",
            ),
            node(write_data_card, "metrics", "data_card", name="write_data_card"),
            node(write_feature_page, "feature_dictionary", "feature_page", name="write_feature_page"),
            node(
                assemble_page,
                {
                    "metrics": "metrics",
                    "splits": "params:splits",
                    "findings": "findings",
                    **_by_name(*_FIGURES, *SHOWN.values()),
                },
                "report",
                name="assemble_page",
            ),
        ],
        tags="reporting",
    )
    whole = Pipeline([create_analysis_pipeline(), around])
    # one box in Kedro-Viz, with what only it uses inside
    return pipeline(
        whole,
        namespace="reporting",
        inputs={name for name in whole.inputs() if not name.startswith("params:")},
        outputs=_OUTPUTS,
        parameters={name for name in whole.inputs() if name.startswith("params:")},
    )


def _by_name(*datasets: str) -> dict[str, str]:
    """Datasets as arguments of the same name."""
    return {name: name for name in datasets}
