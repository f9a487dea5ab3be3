"""Plotly figures in the catalog."""

from typing import Any

import plotly.graph_objects as go
from kedro_datasets._typing import PlotlyPreview

from gpu_kedro.datasets.atomic import PlotlyDataset


class FigureDataset(PlotlyDataset):
    """A figure as Plotly's JSON, which Kedro-Viz draws; loads as one without traces when it is not drawn yet.

    The report can so be made before everything is trained.
    """

    def load(self) -> Any:
        """The figure."""
        return super().load() if self._exists() else go.Figure()

    def preview(self) -> PlotlyPreview | None:
        """The figure, as Kedro-Viz draws it; None until it is drawn."""
        return super().preview() if self._exists() else None
