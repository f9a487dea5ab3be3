"""What is being served, and how good it is."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from api.deps import use_runtime, write_json
from api.openapi import describe_errors
from gpu_kedro.serving.contracts import ModelCard
from gpu_kedro.serving.runtime import Runtime

router = APIRouter(prefix="/v1/model", tags=["model"])


@router.get("", response_model=ModelCard, responses=describe_errors(503))
async def describe_model(request: Request) -> Response:
    """The served version, when and from what it was trained, and its quality on GPUs it had not seen."""
    return write_json(summarise_model(use_runtime(request)))


def summarise_model(runtime: Runtime) -> dict[str, Any]:
    """A bundle's facts as a `ModelCard`."""
    facts = runtime.facts
    ranges = {name: list(edges) for name, edges in runtime.ranges.items()}
    return {
        "model_version": runtime.version,
        "trained_at": facts.get("created_at"),
        "data_sha256": facts.get("data_sha256"),
        "git_commit": facts.get("git_commit"),
        "rows": facts.get("rows"),
        "libraries": facts.get("libraries", {}),
        "targets": {
            name: {
                "unit": results["unit"],
                "metrics": {
                    split: {inputs: models["ours"]["all"] for inputs, models in given.items()}
                    for split, given in results["splits"].items()
                },
                "interval_coverage": _list_coverage(results["splits"]["grouped"]["everything"]["ours"]),
                "input_ranges": ranges,
            }
            for name, results in facts["metrics"].items()
        },
    }


def _list_coverage(strata: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {
        stratum: {level: metrics[f"coverage_{level}"] for level in ("80", "90")}
        for stratum, metrics in strata.items()
        if "coverage_80" in metrics
    }
