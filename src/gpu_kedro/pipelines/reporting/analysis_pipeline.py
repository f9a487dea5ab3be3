"""Wiring of the analysis, a part of `reporting` with a namespace of its own."""

from kedro.pipeline import Pipeline, node, pipeline

from gpu_kedro.analysis import leaks
from gpu_kedro.modelling.targets import REGRESSION_TARGETS
from gpu_kedro.pipelines.reporting.analysis_nodes import FINDINGS, STUDIES, collect_findings, publish, study_leaks

_LEAKAGE = [f"{target}_leakage" for target in REGRESSION_TARGETS]
#: What the page shows of the findings, by the names inside the namespace and outside of it.
SHOWN = {f"{name}_{part}": f"analysis_{name}_{part}" for name in FINDINGS for part in ("figure", "table")}


def create_analysis_pipeline() -> Pipeline:
    """Primary table in; a table, a figure and a record for each question, and all records together, out."""
    nodes = [
        node(
            publish(question, measure), ["primary_gpus", "params:analysis"], _outputs(question.name), name=question.name
        )
        for question, measure in STUDIES
    ]
    name = leaks.QUESTION.name
    nodes.append(node(study_leaks, {name: name for name in _LEAKAGE}, _outputs(name), name=name))
    records = [f"{name}_finding" for name in FINDINGS]
    nodes.append(node(collect_findings, records, "findings", name="collect_findings"))
    return pipeline(
        Pipeline(nodes, tags="analysis"),
        namespace="analysis",
        inputs={"primary_gpus", *_LEAKAGE},
        outputs={"findings": "findings", **SHOWN},
        parameters={"params:analysis"},
    )


def _outputs(name: str) -> list[str]:
    return [f"{name}_{part}" for part in ("table", "figure", "finding")]
