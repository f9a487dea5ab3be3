"""The few figures that a version is known by."""

from pathlib import Path

from gpu_kedro.modelling.bundle.files import BundleError, read_manifest


def main_metrics(bundles: Path, version: str) -> dict[str, float]:
    """The figure that each target is judged by, over all GPUs with everything known; {} when it cannot be read."""
    try:
        results = read_manifest(bundles / version).get("metrics", {})
    except BundleError:
        return {}
    figures = {}
    for target, result in sorted(results.items()):
        metrics = result["splits"].get("grouped", {}).get("everything", {}).get("ours", {}).get("all", {})
        for name in ("rmsle", "exact"):
            if name in metrics:
                figures[f"{target} {name}"] = round(metrics[name], 4)
    return figures
