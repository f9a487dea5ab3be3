"""A file of a dataset is replaced whole or stays as it was."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog, DatasetError
from kedro.pipeline import node, pipeline
from kedro.runner import SequentialRunner
from kedro_datasets.json import JSONDataset

from gpu_kedro.hooks.atomic_writes import AtomicWritesHook


def save(path: Path, content: Any) -> None:
    """Run a pipeline that saves the content, as a session does."""
    hooks = _create_hook_manager()
    hooks.register(AtomicWritesHook())
    catalog = DataCatalog({"saved": JSONDataset(filepath=str(path))})
    graph = pipeline([node(lambda: content, None, "saved")])
    hooks.hook.before_pipeline_run(run_params={}, pipeline=graph, catalog=catalog)
    try:
        SequentialRunner().run(graph, catalog, hooks)
    except Exception as err:
        hooks.hook.on_pipeline_error(error=err, run_params={}, pipeline=graph, catalog=catalog)
        raise
    assert catalog.load("saved") == content


def test_what_is_saved_has_its_name_and_leaves_nothing_beside(tmp_path: Path):
    for content in ({"a": 1}, {"a": 2}):
        save(tmp_path / "deep" / "table.json", content)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["table.json"]
    assert json.loads((tmp_path / "deep" / "table.json").read_text()) == {"a": 2}


def test_a_save_that_fails_in_the_middle_leaves_the_old_file(tmp_path: Path):
    save(tmp_path / "table.json", {"a": 1})
    with pytest.raises(DatasetError):
        save(tmp_path / "table.json", {"a": 2, "b": object()})
    assert [path.name for path in tmp_path.iterdir()] == ["table.json"]
    assert json.loads((tmp_path / "table.json").read_text()) == {"a": 1}


def test_the_next_save_removes_what_a_kill_left_an_hour_ago(tmp_path: Path):
    (old, new) = (tmp_path / f".table.json.{process}.part" for process in (1, 2))
    for part in (old, new):
        part.write_text("{")
    os.utime(old, (time.time() - 4000,) * 2)
    save(tmp_path / "table.json", {})
    assert {path.name for path in tmp_path.iterdir()} == {"table.json", new.name}
