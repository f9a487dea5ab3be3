"""What is being served, and how good it is."""

import math
from collections.abc import Collection, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from api.deps import use_runtime, write_json
from api.openapi import describe_errors
from gpu_kedro.modelling.targets import TARGETS
from gpu_kedro.serving.contracts import GpuQuery, GpuSpecs, ModelCard
from gpu_kedro.serving.runtime import Runtime

router = APIRouter(prefix="/v1/model", tags=["model"])


@router.get("", response_model=ModelCard, responses=describe_errors(503))
async def describe_model(request: Request) -> Response:
    """The served version, when and from what it was trained, and its quality on GPUs it had not seen."""
    return write_json(summarise_model(use_runtime(request)))


def summarise_model(runtime: Runtime) -> dict[str, Any]:
    """A bundle's facts as a `ModelCard`."""
    facts = runtime.facts
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
                "input_ranges": list_ranges(runtime.ranges, TARGETS[name].forbidden_inputs),
            }
            for name, results in facts["metrics"].items()
        },
    }


def list_ranges(ranges: Mapping[str, tuple[float, float]], forbidden: Collection[str]) -> dict[str, list[float]]:
    """Training ranges in the units of a query; fields of a specification sheet as `specs.<field>`.

    Args:
        ranges: per feature, many of them natural logarithms.
        forbidden: features that the target's model may not see.
    """
    fields = [(name, f"log_{name}") for name in GpuQuery.model_fields]
    fields += [(f"specs.{name}", f"log_{name}") for name in GpuSpecs.model_fields if name != "tdp_w"]
    fields += [("specs.tdp_w", "log_sheet_tdp_w")]
    fields += [
        ("test_year", "test_year"),
        ("specs.release_year", "release_year"),
        ("specs.directx_major", "directx_major"),
    ]
    return {
        field: [round(math.exp(edge), 4) if feature.startswith("log_") else edge for edge in ranges[feature]]
        for field, feature in fields
        if feature in ranges and feature not in forbidden
    }


def _list_coverage(strata: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {
        stratum: {level: metrics[f"coverage_{level}"] for level in ("80", "90")}
        for stratum, metrics in strata.items()
        if "coverage_80" in metrics
    }
