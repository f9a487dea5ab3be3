"""Decides at the end of a run whether the bundle it trained is served from now on."""

from typing import Any

import mlflow
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from gpu_kedro.datasets.bundles import BundleStoreDataset
from gpu_kedro.promotion.decision import Decision, decide
from gpu_kedro.promotion.options import read_gate_options

_BUNDLE = "bundle"


class PromotionHook:
    """Puts a new bundle through the gate.

    Args:
        epilogue: lines that the run ends with; what was decided is added.
    """

    def __init__(self, epilogue: list[str]) -> None:
        self._epilogue = epilogue
        self._config: Any = {}

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Remember the configuration."""
        self._config = context.config_loader

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline) -> None:
        """Refuse wrong settings before anything is trained."""
        if _BUNDLE in pipeline.all_outputs():
            read_gate_options(self._config)

    @hook_impl(tryfirst=True)
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Promote the bundle that was trained, or keep it aside; the open MLflow run is tagged with the decision."""
        if _BUNDLE not in pipeline.all_outputs():
            return
        dataset = catalog.get(_BUNDLE)
        if not isinstance(dataset, BundleStoreDataset):
            return
        folder = dataset.saved_folder()
        decision = decide(folder.parent, folder.name, read_gate_options(self._config), "passed the gate after its run")
        self._epilogue.append(decision.text)
        if mlflow.active_run() is not None:
            _record(decision)


def _record(decision: Decision) -> None:
    mlflow.set_tag("promotion", decision.outcome)
    if decision.verdict is not None:
        lines = [
            f"{'pass' if check.passes else 'FAIL'}  {check.name}: {check.detail}" for check in decision.verdict.checks
        ]
        mlflow.log_text("\n".join(lines) + "\n", "promotion/gate.txt")
