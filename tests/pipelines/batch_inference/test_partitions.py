"""A batch in one process: what is written, what is kept, what is refused."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batches import HERE, read_folder, run_batch

from gpu_kedro.modelling.bundle.files import Bundle
from gpu_kedro.pipelines.batch_inference.errors import BatchError
from gpu_kedro.pipelines.batch_inference.folders import ParquetFolder
from gpu_kedro.serving.runtime import Runtime


def test_rows_keep_their_columns_and_get_the_answers_of_the_service(queries, answers, bundle):
    report = run_batch(queries, answers, bundle)
    source, scored = read_folder(queries), read_folder(answers)
    assert sorted(source) == sorted(scored)
    assert (report["partitions"], report["rows"], report["rows_scored_with_error"]) == (8, 480, 0)
    name = "year=2021/part-3.parquet"
    assert scored[name].select(source[name].column_names).equals(source[name])
    expected = Runtime(bundle).predict_columns(source[name].select(["name", "tdp_w"]).to_pylist())
    for column in ("match_spec", "segment", "g3d_mark_value", "price_usd_low_90", "tdp_w_source", "warnings"):
        assert scored[name].column(column).to_pylist() == expected[column], column
    assert scored[name].column("error").null_count == 60


def test_a_bad_row_gets_its_reason_and_stops_nothing(answers, bundle, tmp_path):
    (tmp_path / "in").mkdir()
    pq.write_table(
        pa.table({"name": ["RTX 3070", None, "RX 6600"], "tdp_w": [220.0, 75.0, -5.0]}), tmp_path / "in" / "a.parquet"
    )
    report = run_batch(ParquetFolder(str(tmp_path / "in")), answers, bundle)
    scored = read_folder(answers)["a.parquet"]
    assert report["rows_scored_with_error"] == 1
    assert scored.column("match_spec").to_pylist() == ["GeForce RTX 3070", None, "Radeon RX 6600"]
    assert scored.column("error").to_pylist() == [None, "has neither a name nor a specification", None]
    assert scored.column("notes").to_pylist()[2].startswith("tdp_w: ")


def test_a_second_run_does_only_what_is_missing(queries, answers, bundle):
    run_batch(queries, answers, bundle)
    kept = Path(answers.url, "year=2020", "part-0.parquet")
    before = kept.stat().st_mtime_ns
    Path(answers.url, "year=2020", "part-2.parquet").unlink()
    Path(answers.url, "year=2020", "part-4.parquet").write_bytes(b"PAR1 cut off")
    changed = Path(queries.url, "year=2021", "part-1.parquet")
    pq.write_table(pq.read_table(changed).slice(0, 7), changed)
    report = run_batch(queries, answers, bundle)
    assert (report["partitions_scored"], report["partitions_scored_before"], report["rows"]) == (3, 5, 7 * 60 + 7)
    assert kept.stat().st_mtime_ns == before
    assert read_folder(answers)["year=2021/part-1.parquet"].num_rows == 7


def test_another_bundle_scores_everything_again(queries, answers, bundle):
    run_batch(queries, answers, bundle)
    newer = Bundle(bundle.files, {**bundle.facts, "version": "newer"})
    assert run_batch(queries, answers, newer)["partitions_scored"] == 8
    assert set(read_folder(answers)["year=2020/part-0.parquet"].column("model_version").to_pylist()) == {"newer"}


def damage(path: Path) -> None:
    """Garble the last data of a file and leave its footer."""
    content = bytearray(path.read_bytes())
    size = int.from_bytes(content[-8:-4], "little")
    end = len(content) - 8 - size
    content[end - 3000 : end - 200] = b"\xff" * 2800
    path.write_bytes(content)


def test_a_damaged_partition_is_named_and_leaves_nothing_while_the_others_are_done(answers, bundle, tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("a", "b", "c"):
        table = pa.table({"name": [f"RTX 3070 {row:x}" for row in range(4000)]})
        pq.write_table(table, tmp_path / "in" / f"{name}.parquet", row_group_size=2000, use_dictionary=False)
    damage(tmp_path / "in" / "b.parquet")
    (tmp_path / "in" / "d.parquet").write_text("no Parquet")
    with pytest.raises(BatchError, match=r"2 of 4 partitions .*b\.parquet: .*damaged.*d\.parquet: ") as told:
        run_batch(ParquetFolder(str(tmp_path / "in")), answers, bundle)
    assert "\n" not in str(told.value)
    assert sorted(os.listdir(answers.url)) == ["a.parquet", "c.parquet"]


def test_answers_are_written_in_row_groups_of_the_size_asked_for(answers, bundle, tmp_path):
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"name": ["RTX 3070"] * 7000}), tmp_path / "in" / "a.parquet")
    run_batch(ParquetFolder(str(tmp_path / "in")), answers, bundle, HERE.model_copy(update={"rows_per_group": 4000}))
    metadata = pq.read_metadata(tmp_path / "answers" / "a.parquet")
    assert [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)] == [4000, 3000]


def test_an_empty_partition_stays_one(answers, bundle, tmp_path):
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"name": pa.array([], pa.string())}), tmp_path / "in" / "a.parquet")
    run_batch(ParquetFolder(str(tmp_path / "in")), answers, bundle)
    assert read_folder(answers)["a.parquet"].num_rows == 0


def test_what_a_killed_run_left_is_removed(queries, answers, bundle, tmp_path):
    left = tmp_path / "answers" / "year=2020" / ".part-0.parquet.x1.part"
    left.parent.mkdir(parents=True)
    left.write_text("half")
    run_batch(queries, answers, bundle)
    assert not left.exists()


@pytest.mark.parametrize(
    ("columns", "words"),
    [({"colour": ["red"]}, "neither a column `name`"), ({"name": ["a"], "nested": [[1]]}, "'nested'")],
)
def test_columns_that_cannot_be_scored_are_named(answers, bundle, tmp_path, columns, words):
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table(columns), tmp_path / "in" / "a.parquet")
    with pytest.raises(BatchError, match=words):
        run_batch(ParquetFolder(str(tmp_path / "in")), answers, bundle)


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("none", "out", "no such folder"),
        ("empty", "out", "holds no file"),
        ("full", "full/out", "lies in the folder of the queries"),
        ("full", "full", "lies in the folder of the queries"),
        ("nowhere://x", "out", "Protocol not known: nowhere"),
    ],
)
def test_folders_that_cannot_be_used_are_refused_in_one_line(bundle, tmp_path, source, target, words):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "_SUCCESS").touch()
    (tmp_path / "full").mkdir()
    pq.write_table(pa.table({"name": ["RTX 3070"]}), tmp_path / "full" / "a.parquet")
    folders = [ParquetFolder(url if "://" in url else str(tmp_path / url)) for url in (source, target)]
    with pytest.raises(BatchError, match=words) as told:
        run_batch(*folders, bundle)
    assert "\n" not in str(told.value)


def test_a_folder_beside_the_queries_with_a_longer_name_is_not_inside_them(tmp_path):
    assert not ParquetFolder(str(tmp_path / "in")).holds(ParquetFolder(str(tmp_path / "in-scored")))
