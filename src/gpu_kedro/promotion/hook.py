"""Decides at the end of a run whether the bundle it trained is served from now on.

What answers the gate's questions takes long to import: that is left to a run that makes a bundle.
"""

from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from gpu_kedro.tracking.notes import RunNotes

#: Datasets that hold the next version of the bundle.
_BUNDLES = ("bundle", "market_bundle")


class PromotionHook:
    """Puts a new bundle through the gate, and notes what was decided."""

    def __init__(self, notes: RunNotes) -> None:
        self._notes = notes
        self._config: Any = {}

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Remember the configuration."""
        self._config = context.config_loader

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline) -> None:
        """Refuse wrong settings before anything is trained."""
        if _find_bundle(pipeline):
            from gpu_kedro.promotion.options import read_gate_options

            read_gate_options(self._config)

    @hook_impl(tryfirst=True)
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Promote the bundle that was trained, or keep it aside."""
        name = _find_bundle(pipeline)
        if name is None:
            return
        from gpu_kedro.datasets.bundles import BundleStoreDataset
        from gpu_kedro.promotion.decision import promote_if_passing
        from gpu_kedro.promotion.options import read_gate_options

        dataset = catalog.get(name)
        if not isinstance(dataset, BundleStoreDataset):
            return
        folder = dataset.saved_folder()
        decision = promote_if_passing(
            folder.parent, folder.name, read_gate_options(self._config), "passed the gate after its run"
        )
        self._notes.epilogue.append(decision.text)
        self._notes.tags["promotion"] = decision.outcome
        if decision.verdict is not None:
            self._notes.texts["promotion/gate.txt"] = "".join(
                f"{'pass' if check.passes else 'FAIL'}  {check.name}: {check.detail}\n"
                for check in decision.verdict.checks
            )


def _find_bundle(pipeline: Pipeline) -> str | None:
    outputs = pipeline.all_outputs()
    return next((name for name in _BUNDLES if name in outputs), None)
