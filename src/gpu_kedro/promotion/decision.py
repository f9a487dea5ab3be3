"""What becomes of a candidate: served, or kept aside with the reasons."""

from pathlib import Path
from typing import Any, NamedTuple

from gpu_kedro.modelling.bundle.registry import current_version, promote
from gpu_kedro.promotion.figures import main_metrics
from gpu_kedro.promotion.gate import Verdict, run_gate
from gpu_kedro.promotion.options import GateOptions


class Decision(NamedTuple):
    """What was decided about a version: a word for tags, the gate's verdict if it was asked, and a line for people."""

    outcome: str
    verdict: Verdict | None
    text: str


def promote_if_passing(bundles: Path, version: str, options: GateOptions, why: str) -> Decision:
    """Promote a version if the gate lets it pass, and say why in the history."""
    served = current_version(bundles)
    if served == version:
        return Decision("unchanged", None, f"bundle {version}: is served already, nothing changed")
    verdict = run_gate(bundles, version, served, options)
    if not verdict.passes:
        refusals = verdict.refusals
        more = f" and {len(refusals) - 1} more" if len(refusals) > 1 else ""
        return Decision(
            "refused",
            verdict,
            f"bundle {version}: not promoted, {served or 'nothing'} stays: {refusals[0].name}: {refusals[0].detail}"
            f"{more}; see `gpu-kedro models promote {version}`",
        )
    promote(bundles, version, why, describe_decision(bundles, version, verdict))
    instead = "the first one" if served is None else f"instead of {served}; undo: `gpu-kedro models rollback`"
    return Decision("promoted", verdict, f"bundle {version}: promoted, {instead}")


def describe_decision(bundles: Path, version: str, verdict: Verdict) -> dict[str, Any]:
    """What the history keeps of a promotion: the gate's count and the main metrics."""
    return {
        "gate": {
            "passed": sum(check.passes for check in verdict.checks),
            "refused": [check.name for check in verdict.refusals],
        },
        "metrics": main_metrics(bundles, version),
    }
