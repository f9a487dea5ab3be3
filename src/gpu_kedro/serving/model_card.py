"""What is being served, and how good it is, from the facts of the bundle."""

import math
from collections.abc import Collection, Mapping
from typing import Any

from gpu_kedro.contracts.v1.queries import GpuQuery, GpuSpecs
from gpu_kedro.modelling.explanations.input_groups import INPUTS
from gpu_kedro.modelling.targets import TARGETS
from gpu_kedro.serving.runtime import Runtime


def summarise_model(runtime: Runtime) -> dict[str, Any]:
    """A bundle's facts as a `ModelCard`."""
    facts = runtime.facts
    return {
        "model_version": runtime.version,
        "trained_at": facts.get("created_at"),
        "data_sha256": facts.get("data_sha256"),
        "git_commit": facts.get("git_commit"),
        "rows": facts.get("rows"),
        "market": None if runtime.market is None else runtime.market.describe(),
        "libraries": facts.get("libraries", {}),
        "targets": {
            name: {
                "unit": results["unit"],
                "metrics": {
                    split: {inputs: models["ours"]["all"] for inputs, models in given.items()}
                    for split, given in results["splits"].items()
                },
                "strata": {
                    split: {inputs: models["ours"] for inputs, models in given.items()}
                    for split, given in results["splits"].items()
                },
                "reliability": results.get("reliability", {}),
                "importance": _title_inputs(runtime.importance.get(name, {})),
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


def _title_inputs(measured: Mapping[str, Any]) -> list[dict[str, Any]]:
    titles = {one.name: one.title for one in INPUTS}
    weights = measured.get("inputs", {})
    return [{"input": name, "title": titles.get(name, name), "weight": weight} for name, weight in weights.items()]


def _list_coverage(strata: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {
        stratum: {level: metrics[f"coverage_{level}"] for level in ("80", "90")}
        for stratum, metrics in strata.items()
        if "coverage_80" in metrics
    }
