"""The same batch in several processes, on a Dask cluster, and with some of them killed: always the same answers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batches import HERE, read_folder, run_batch
from distributed import LocalCluster
from workspace import PROJECT

from gpu_kedro.pipelines.batch_inference import dask_cluster
from gpu_kedro.pipelines.batch_inference.errors import BatchError
from gpu_kedro.pipelines.batch_inference.executors import score_partitions
from gpu_kedro.pipelines.batch_inference.folders import ParquetFolder
from gpu_kedro.pipelines.batch_inference.nodes import plan_batch


@pytest.fixture
def expected(queries, bundle, tmp_path):
    folder = ParquetFolder(str(tmp_path / "expected"))
    run_batch(queries, folder, bundle)
    return read_folder(folder)


@pytest.fixture
def cluster():
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as started:
        yield started


def add_long_partitions(queries: ParquetFolder, parts: int) -> None:
    """Enough work for something to happen in its middle."""
    for part in range(parts):
        table = pa.table({"name": [f"RTX 3070 {row:x}" for row in range(1000)]})
        pq.write_table(table, Path(queries.url, f"more-{part}.parquet"))


def assert_same(found: dict[str, pa.Table], expected: dict[str, pa.Table]) -> None:
    assert sorted(found) == sorted(expected)
    for name, table in found.items():
        assert table.equals(expected[name]), name


def test_two_processes_say_the_same_as_one(queries, answers, bundle, expected):
    report = run_batch(queries, answers, bundle, HERE.model_copy(update={"workers": 2}))
    assert report["rows_scored"] == 480
    assert_same(read_folder(answers), expected)


def test_a_cluster_says_the_same_and_a_killed_worker_loses_nothing(queries, answers, bundle, cluster, tmp_path):
    add_long_partitions(queries, 12)
    run_batch(queries, ParquetFolder(str(tmp_path / "expected")), bundle)
    expected = read_folder(ParquetFolder(str(tmp_path / "expected")))
    options = HERE.model_copy(update={"executor": "dask", "scheduler": cluster.scheduler_address})
    plan = plan_batch(queries, answers, bundle, options)
    outcomes = score_partitions(plan.tasks, bundle, options)
    first = next(outcomes)
    busy = next(state.name for state in cluster.scheduler.workers.values() if state.processing)
    victim = cluster.workers[busy].pid
    os.kill(victim, signal.SIGKILL)
    done = [first, *outcomes]
    assert sorted(outcome.name for outcome in done) == sorted(expected)
    assert [outcome.problem for outcome in done if outcome.problem] == []
    assert_same(read_folder(answers), expected)
    assert victim not in {worker.pid for worker in cluster.workers.values()}


def test_kedro_runs_the_same_nodes_on_the_cluster_of_the_environment(
    queries, answers, bundle, expected, cluster, trained, monkeypatch
):
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", cluster.scheduler_address)
    trained.run("batch_inference", env="dask", params={"input": queries.url, "output": answers.url})
    assert_same(read_folder(answers), expected)


def test_a_process_that_is_killed_ends_the_run_with_a_word_and_a_further_run_goes_on(
    queries, answers, bundle, expected
):
    add_long_partitions(queries, 60)
    plan = plan_batch(queries, answers, bundle, HERE)
    outcomes = score_partitions(plan.tasks, bundle, HERE.model_copy(update={"workers": 2}))
    next(outcomes)
    kill_one_child()
    with pytest.raises(BatchError, match=r"batch\.workers"):
        list(outcomes)
    finished = set(read_folder(answers))
    assert finished
    for part in range(60):
        Path(queries.url, f"more-{part}.parquet").unlink()
        Path(answers.url, f"more-{part}.parquet").unlink(missing_ok=True)
    report = run_batch(queries, answers, bundle)
    assert report["partitions_scored_before"] == len(finished & set(expected))
    assert_same(read_folder(answers), expected)


def kill_one_child() -> None:
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    scoring = [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(int(scoring[0]), signal.SIGKILL)


def test_a_run_that_is_killed_leaves_whole_partitions_only(queries, answers, bundle, trained):
    add_long_partitions(queries, 60)
    command = [sys.executable, "-m", "kedro", "run", "--pipeline", "batch_inference", "--params"]
    process = subprocess.Popen(
        [*command, f"input={queries.url},output={answers.url}"],
        cwd=PROJECT,
        env={**os.environ, **trained.environment()},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + 120
    while not list(Path(answers.url).rglob("*.parquet")) and time.monotonic() < end:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    written = [path for path in Path(answers.url).rglob("*.parquet") if not path.name.startswith(".")]
    assert 0 < len(written) < 68
    for path in written:
        assert pq.read_table(path).column("g3d_mark_value").null_count == 0


def test_an_address_where_no_cluster_is_ends_with_one_line(queries, answers, bundle, monkeypatch):
    monkeypatch.setattr(dask_cluster, "_ANSWER_SECONDS", 1)
    options = HERE.model_copy(update={"executor": "dask", "scheduler": "tcp://127.0.0.1:9"})
    with pytest.raises(BatchError, match=r"tcp://127\.0\.0\.1:9: no Dask cluster .*DASK_SCHEDULER_ADDRESS"):
        run_batch(queries, answers, bundle, options)


def test_without_dask_one_line_says_how_to_get_it(queries, answers, bundle, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "gpu_kedro.pipelines.batch_inference.dask_cluster")
    with pytest.raises(BatchError, match="pip install distributed"):
        run_batch(queries, answers, bundle, HERE.model_copy(update={"executor": "dask"}))
