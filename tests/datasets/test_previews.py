"""What Kedro-Viz shows of a table or a figure."""

from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

from gpu_kedro.datasets.figures import FigureDataset
from gpu_kedro.datasets.tables import EvidenceDataset, TableDataset


@pytest.mark.parametrize(
    ("kind", "ending", "made"),
    [
        (TableDataset, "parquet", pd.DataFrame({"name": ["RTX 3070"]})),
        (EvidenceDataset, "parquet", pd.DataFrame({"name": ["RTX 3070"]})),
        (FigureDataset, "json", go.Figure(go.Bar(y=[1]))),
    ],
)
def test_a_preview_opens_when_the_thing_is_made_and_not_before(tmp_path: Path, kind, ending, made):
    dataset = kind(filepath=str(tmp_path / f"made.{ending}"))
    assert dataset.preview() is None
    dataset.save(made)
    assert {"data"} <= set(dataset.preview())
