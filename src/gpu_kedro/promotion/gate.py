"""Compares a candidate with the champion, line by line, before it may be served."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gpu_kedro.modelling.bundle.files import BundleError
from gpu_kedro.modelling.targets import LEVELS, TARGETS
from gpu_kedro.promotion.behaviours import check_behaviours
from gpu_kedro.promotion.canaries import find_canary_faults
from gpu_kedro.promotion.opening import open_version
from gpu_kedro.promotion.options import GateOptions
from gpu_kedro.serving.runtime import Runtime

Facts = Mapping[str, Any]
_SPLIT = "grouped"


class Check(NamedTuple):
    """One line of the gate."""

    name: str
    passes: bool
    detail: str


class Verdict(NamedTuple):
    """What the gate found, against the champion if there is one that can be served."""

    checks: tuple[Check, ...]
    champion: str | None

    @property
    def passes(self) -> bool:
        """Whether the candidate may be served."""
        return all(check.passes for check in self.checks)

    @property
    def can_be_forced(self) -> bool:
        """Whether somebody may promote it all the same: what cannot be served, or answers nonsense, never is."""
        return all(check.passes for check in self.checks if check.name in ("bundle", "canaries"))

    @property
    def refusals(self) -> list[Check]:
        """The lines that speak against it."""
        return [check for check in self.checks if not check.passes]


def run_gate(bundles: Path, candidate: str, champion: str | None, options: GateOptions) -> Verdict:
    """Put a candidate through the gate.

    Without a champion, or with one that this version of the code cannot serve, there is nothing to compare with: then
    the candidate only has to answer.
    """
    try:
        runtime, files, facts = open_version(bundles, candidate)
    except BundleError as err:
        return Verdict((Check("bundle", False, f"cannot be served: {err}"),), champion)
    checks = [Check("bundle", True, f"complete and unchanged, {len(files)} files")]
    served = _read_champion(bundles, champion)
    if served is not None:
        checks += [_check_schema(facts, served), _check_folds(facts, served)]
        checks += _check_coverage(facts, options)
        checks += _check_metrics(facts, served, options)
        checks += _check_behaviours(runtime, options)
        checks += _check_market(facts)
    else:
        checks.append(Check("champion", True, "none that can be served: nothing to compare with"))
    faults = find_canary_faults(runtime, files, options.canaries)
    detail = f"{options.canaries} queries, all finite and ordered" if not faults else "; ".join(faults[:3])
    checks.append(Check("canaries", not faults, detail))
    return Verdict(tuple(checks), champion if served is not None else None)


def _check_behaviours(runtime: Runtime, options: GateOptions) -> Iterator[Check]:
    for name, faults in check_behaviours(runtime, options.behaviours).items():
        yield Check(f"behaviour {name}", not faults, "; ".join(faults[:3]) or "as expected")


def _check_market(facts: Facts) -> Iterator[Check]:
    """Prices that a market leaves out must be told better than by one factor for all."""
    market = facts.get("market")
    if market and market["error"] is not None:
        detail = f"left-out prices {market['error']:.1%} off, by a plain shift {market['shift_error']:.1%}"
        yield Check("market", market["error"] <= market["shift_error"], detail)


def _read_champion(bundles: Path, champion: str | None) -> Facts | None:
    """The champion's facts, None where there is none or this code cannot serve it."""
    if champion is None:
        return None
    try:
        return open_version(bundles, champion).facts
    except BundleError:
        return None


def _check_schema(candidate: Facts, champion: Facts) -> Check:
    differences = []
    for what, one, other in (
        ("features", candidate.get("features", []), champion.get("features", [])),
        ("targets", list(candidate.get("metrics", {})), list(champion.get("metrics", {}))),
    ):
        changed = [f"+{name}" for name in one if name not in other] + [f"−{name}" for name in other if name not in one]
        if changed:
            differences.append(f"{what} {', '.join(changed[:5])}")
    unchanged = f"{len(champion.get('features', []))} features, {len(champion.get('metrics', {}))} targets"
    return Check("schema", not differences, "; ".join(differences) or unchanged)


def _check_folds(candidate: Facts, champion: Facts) -> Check:
    known = candidate.get("folds_sha256")
    same = known is not None and known == champion.get("folds_sha256")
    return Check(
        "folds",
        same,
        "both were tested on the same GPUs in the same folds"
        if same
        else "the champion was tested on other data or folds: the figures below cannot be compared",
    )


def _check_coverage(facts: Facts, options: GateOptions) -> Iterator[Check]:
    for target, level, metrics in _walk_levels(facts):
        if TARGETS[target].task != "regression":
            continue
        for percent, (low, high) in sorted(options.coverage_bands.items()):
            name = f"coverage {target} {level} {percent} %"
            share = metrics["all"].get(f"coverage_{percent}")
            if share is None:
                yield Check(name, False, "not in the bundle's metrics")
            else:
                yield Check(name, low <= share <= high, f"{share:.3f} in {low} to {high}")


def _check_metrics(candidate: Facts, champion: Facts, options: GateOptions) -> Iterator[Check]:
    theirs = {(target, level): metrics for target, level, metrics in _walk_levels(candidate)}
    for target, level, ours in _walk_levels(champion):
        strata = theirs.get((target, level))
        if strata is None:
            yield Check(f"{target} {level}", False, "the candidate was not tested on it")
            continue
        for stratum, metrics in ours.items():
            if metrics["rows"] < options.min_rows and stratum != "all":
                continue
            name = f"{target} {level} {stratum}"
            if stratum not in strata:
                yield Check(name, False, "the candidate was not tested on it")
            else:
                yield _compare(name, target, stratum, strata[stratum], metrics, options)


def _compare(name: str, target: str, stratum: str, candidate: Facts, champion: Facts, options: GateOptions) -> Check:
    metric = "rmsle" if TARGETS[target].task == "regression" else "exact"
    tolerance = getattr(getattr(options.tolerances, metric), "all" if stratum == "all" else "stratum")
    new, old = candidate[metric], champion[metric]
    if metric == "rmsle":
        limit = old * (1 + tolerance)
        return Check(name, new <= limit, f"{metric} {old:.4f} → {new:.4f} (at most {limit:.4f})")
    limit = old - tolerance
    return Check(name, new >= limit, f"{metric} {old:.4f} → {new:.4f} (at least {limit:.4f})")


def _walk_levels(facts: Facts) -> Iterator[tuple[str, str, Facts]]:
    """Target, level of knowledge, and our models' metrics by stratum."""
    for target, results in sorted(facts.get("metrics", {}).items()):
        levels = results["splits"].get(_SPLIT, {})
        for level in LEVELS:
            if level in levels:
                yield target, level, levels[level]["ours"]
