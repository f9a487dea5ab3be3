"""`gpu-kedro models`: which bundle is or was served, or may be; MLflow is needed for a registry mirror only."""

from functools import partial
from typing import Any

import click

from gpu_kedro.modelling.bundle.files import BundleError, read_manifest
from gpu_kedro.modelling.bundle.registry import (
    current_version,
    find_version,
    list_versions,
    promote,
    read_history,
    roll_back,
)
from gpu_kedro.promotion.figures import main_metrics
from gpu_kedro.resolvers import bundle_store, read_environment

_ENV = click.option(
    "--env", default="local", show_default=True, help="environment whose settings hold, as in kedro run"
)
_PAST = {"promote": "promoted", "rollback": "rolled back to"}


@click.group()
def models() -> None:
    """List, promote and roll back the bundles that were trained."""


@models.command("list")
def list_models() -> None:
    """List every trained version, oldest first; * is served."""
    bundles = bundle_store()
    served = current_version(bundles)
    last_move = {move["to"]: move for move in read_history(bundles)}
    versions = list_versions(bundles)
    if not versions:
        raise BundleError(f"no trained bundle in {bundles}; run `kedro run` to train one")
    for version in versions:
        figures = ", ".join(f"{name} {value:.3f}" for name, value in main_metrics(bundles, version).items())
        move, mark = last_move.get(version), "*" if version == served else " "
        moved = f"{_PAST[move['action']]} {move['at']}" if move else "candidate"
        click.echo(f"{mark} {version}  {moved:<40} {figures}")


@models.command("show")
@click.argument("version", required=False)
def show_model(version: str | None) -> None:
    """Show where VERSION (default: what is served) comes from, its main figures and its history."""
    bundles = bundle_store()
    name = find_version(bundles, version or current_version(bundles))
    facts = read_manifest(bundles / name)
    click.echo(click.style(name, bold=True) + ("  (served)" if name == current_version(bundles) else ""))
    rows = [
        ("folder", str(bundles / name)),
        ("created", facts.get("created_at")),
        ("commit", f"{facts.get('git_commit')}{' (with changes)' if facts.get('git_dirty') else ''}"),
        ("data", facts.get("data_sha256")),
        ("trained on", f"{facts.get('rows')} GPUs, {len(facts.get('features', []))} features"),
        ("libraries", ", ".join(f"{name} {number}" for name, number in facts.get("libraries", {}).items())),
        *((figure, f"{value:.4f}") for figure, value in main_metrics(bundles, name).items()),
    ]
    for title, value in rows:
        click.echo(f"  {title:<18} {value}")
    for move in read_history(bundles):
        if name in (move["from"], move["to"]):
            click.echo(f"  {move['at']}  {move['action']} {move['from']} → {move['to']} by {move['by']}: {move['why']}")


@models.command("promote")
@click.argument("version", required=False)
@click.option("--force", metavar="REASON", help="promote although the gate refuses; the reason goes into the history")
@click.option("--why", default="promoted by hand", show_default=True, help="kept in the history")
@_ENV
def promote_model(version: str | None, force: str | None, why: str, env: str) -> None:
    """Put VERSION (default: the newest) through the gate, and serve it if it passes."""
    bundles = bundle_store()
    name = find_version(bundles, version)
    served = current_version(bundles)
    if name == served:
        click.echo(f"{name} is served already.")
        return
    # the gate answers with both bundles, which needs more than a rollback does
    from gpu_kedro.configuration import open_configuration
    from gpu_kedro.promotion.decision import describe_decision
    from gpu_kedro.promotion.gate import run_gate
    from gpu_kedro.promotion.options import read_gate_options

    config = open_configuration(env)
    verdict = run_gate(bundles, name, served, read_gate_options(config))
    click.echo(f"{name} against {verdict.champion or 'nothing'}:")
    for check in verdict.checks:
        mark = click.style("pass", fg="green") if check.passes else click.style("FAIL", fg="red", bold=True)
        click.echo(f"  {mark}  {check.name}: {check.detail}")
    if not verdict.passes and (not force or not verdict.can_be_forced):
        hint = (
            "`--force REASON` promotes it all the same" if verdict.can_be_forced else "train it again with `kedro run`"
        )
        raise click.ClickException(
            f"not promoted, {served or 'nothing'} stays: {len(verdict.refusals)} of {len(verdict.checks)} checks fail "
            f"({', '.join(check.name for check in verdict.refusals[:3])} …); {hint}"
        )
    reason = why if verdict.passes else f"forced: {force}"
    promote(bundles, name, reason, describe_decision(bundles, name, verdict))
    click.echo(
        f"{name} is served from now on" + (f" instead of {served}; undo: gpu-kedro models rollback" if served else ".")
    )
    _mirror(config, name)


@models.command("rollback")
@click.option("--why", default="rolled back by hand", show_default=True, help="kept in the history")
@_ENV
def roll_back_model(why: str, env: str) -> None:
    """Serve the version again that was served before; repeated, the one before that."""
    from gpu_kedro.promotion.opening import check_version

    bundles = bundle_store()
    move = roll_back(bundles, why, partial(check_version, bundles))
    click.echo(f"{move['to']} is served again instead of {move['from']}.")
    if read_environment("GPU_KEDRO_REGISTRY_MODEL", ""):
        from gpu_kedro.configuration import open_configuration

        _mirror(open_configuration(env), move["to"])


def _mirror(config: Any, version: str) -> None:
    """Mirror the promotion into a registry where one is configured; a registry that fails takes nothing back."""
    if not config["tracking"]["registry_model"]:
        return
    from gpu_kedro.tracking.server.registry import mirror_promotion

    click.echo(mirror_promotion(config, version))
