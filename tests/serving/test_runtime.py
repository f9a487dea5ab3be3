"""The run time answers as Kedro's own runner does, alone as in a batch, and never mixes questions up."""

import errno
import json
import os
import resource
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bad_bundles import BAD, add_variant, point_at
from hypothesis import given, settings
from hypothesis import strategies as st
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from api.middleware.json_logs import JsonFormatter
from gpu_kedro.domain.identify import read_gpu
from gpu_kedro.modelling.bundle.files import BundleError
from gpu_kedro.pipelines.inference.pipeline import ANSWER_PIPELINE
from gpu_kedro.serving.errors import NoBundleError
from gpu_kedro.serving.runtime import Runtime, RuntimeStore

Query = dict[str, Any]


def _run_with_kedro(runtime: Runtime, queries: list[Query], output: str) -> Any:
    catalog = DataCatalog(
        {
            "queries": MemoryDataset(queries),
            "served": MemoryDataset(runtime.served, copy_mode="assign"),
            **{
                name: MemoryDataset(copy_mode="assign")
                for name in ("gpu_rows", "feature_table", "identities", "estimates")
            },
        }
    )
    return SequentialRunner().run(ANSWER_PIPELINE.to_outputs(output), catalog)[output].load()


@pytest.fixture(scope="module")
def all_queries(primary_gpus: pd.DataFrame) -> list[Query]:
    rows = primary_gpus[["name", "g3d_mark", "g2d_mark", "price_usd", "tdp_w", "test_year"]]
    known = [{key: value for key, value in row.items() if value == value} for row in rows.to_dict("records")]
    # a third by name only, a third with the power, a third with everything that the table has
    return [
        {"name": query["name"]}
        if place % 3 == 0
        else {"name": query["name"], "tdp_w": query.get("tdp_w")}
        if place % 3 == 1
        else query
        for place, query in enumerate(known)
    ]


def test_the_plan_answers_as_kedros_sequential_runner_for_the_whole_table(runtime: Runtime, all_queries: list[Query]):
    assert runtime.predict(all_queries) == _run_with_kedro(runtime, all_queries, "predictions")


def test_columns_are_those_of_kedros_sequential_runner(runtime: Runtime, all_queries: list[Query]):
    queries = all_queries[:300]
    assert runtime.predict_columns(queries) == _run_with_kedro(runtime, queries, "prediction_columns")


_numbers = st.none() | st.floats(min_value=1e-3, max_value=1e6)
_queries = st.fixed_dictionaries(
    {
        "name": st.text(max_size=60)
        | st.sampled_from(["RTX 3070", "Radeon RX 6600 XT", "Intel UHD 620", "Quadro P1000"])
    },
    optional={
        "g3d_mark": _numbers,
        "g2d_mark": _numbers,
        "price_usd": _numbers,
        "tdp_w": _numbers,
        "test_year": st.none() | st.integers(1998, 2040),
        "specs": st.fixed_dictionaries(
            {},
            optional={"shading_units": _numbers, "boost_clock_mhz": _numbers, "release_year": st.integers(1990, 2040)},
        ),
    },
)


@settings(max_examples=60, deadline=None)
@given(queries=st.lists(_queries, min_size=1, max_size=6))
def test_any_query_gets_finite_ordered_answers_alike_from_plan_and_runner(runtime: Runtime, queries: list[Query]):
    answers = runtime.predict(queries)
    assert answers == _run_with_kedro(runtime, queries, "predictions")
    for answer in answers:
        json.dumps(answer, allow_nan=False)
        for target in ("g3d_mark", "price_usd", "tdp_w"):
            figure = answer[target]
            if answer["segment"]["probabilities"] is None:
                assert [figure[part] for part in ("predicted", "interval_80", "interval_90")] == [None] * 3
                continue
            (low_90, high_90), (low_80, high_80) = figure["interval_90"], figure["interval_80"]
            assert 0 < low_90 <= low_80 <= figure["predicted"] <= high_80 <= high_90
        assert all(0 <= share <= 1 for share in (answer["segment"]["probabilities"] or {}).values())


def _flatten(answer: dict[str, Any]) -> list[float]:
    if answer["segment"]["probabilities"] is None:
        return []
    figures = [answer[target] for target in ("g3d_mark", "price_usd", "tdp_w")]
    numbers = [
        number for figure in figures for number in (figure["predicted"], *figure["interval_80"], *figure["interval_90"])
    ]
    return [*numbers, *answer["segment"]["probabilities"].values()]


def test_one_query_alone_is_answered_as_in_a_batch(runtime: Runtime, all_queries: list[Query]):
    together = runtime.predict(all_queries)
    for place in range(0, len(all_queries), 11):
        (alone,) = runtime.predict([all_queries[place]])
        np.testing.assert_allclose(_flatten(alone), _flatten(together[place]), rtol=1e-9)


def test_a_query_among_a_few_is_answered_to_the_last_digit_as_alone(runtime: Runtime, all_queries: list[Query]):
    for start, count in [(place, 16) for place in range(0, 320, 16)] + [(320, 2), (322, 5), (327, 11)]:
        queries = all_queries[start : start + count]
        assert runtime.predict(queries) == [runtime.predict([query])[0] for query in queries]


def test_columns_say_what_single_answers_say(runtime: Runtime, all_queries: list[Query]):
    queries = all_queries[:200]
    columns, answers = runtime.predict_columns(queries), runtime.predict(queries)
    for place, answer in enumerate(answers):
        assert columns["name"][place] == answer["name"]
        assert columns["match_spec"][place] == answer["match"]["spec"]
        assert columns["segment"][place] == ", ".join(answer["segment"]["labels"])
        assert columns["tdp_w_source"][place] == answer["tdp_w"]["source"]
        for told, said in (
            (columns["price_usd_value"], answer["price_usd"]["value"]),
            (columns["g3d_mark_low_90"], (answer["g3d_mark"]["interval_90"] or [None])[0]),
        ):
            assert told[place] == (None if said is None else pytest.approx(said, rel=1e-9))
        assert columns["warnings"][place].split() == [warning["code"] for warning in answer["warnings"]]


def test_repeated_queries_are_answered_in_their_places(runtime: Runtime):
    queries = [{"name": name} for name in ("RTX 3070", "RX 6600", "RTX 3070", "RTX 3070", "GTX 1060")]
    columns = runtime.predict_columns(queries)
    assert columns["match_spec"] == [
        "GeForce RTX 3070", "Radeon RX 6600", "GeForce RTX 3070", "GeForce RTX 3070", "GeForce GTX 1060 6 GB",
    ]  # fmt: skip


def test_sixteen_threads_get_their_own_answers(runtime: Runtime, all_queries: list[Query]):
    expected = runtime.predict(all_queries[:320])
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda query: runtime.predict([query])[0], all_queries[:320]))
    for answer, wanted in zip(answers, expected, strict=True):
        assert answer["name"] == wanted["name"]
        np.testing.assert_allclose(_flatten(answer), _flatten(wanted), rtol=1e-9)


@pytest.mark.parametrize(
    ("one", "other"),
    [("RTX 3070", "NVIDIA GeForce RTX 3070"), ("rx 6600 xt", "AMD Radeon(TM) RX 6600 XT"), ("GTX 1060", "gtx  1060")],
)
def test_spellings_of_a_name_get_one_answer(runtime: Runtime, one: str, other: str):
    first, second = runtime.predict([{"name": one}, {"name": other}])
    np.testing.assert_allclose(_flatten(first), _flatten(second), rtol=1e-9)


def test_a_shops_listing_has_the_measured_answer_of_its_gpu(runtime: Runtime):
    reads = {row["name"]: read_gpu(row["name"], runtime.served.index) for row in runtime.served.known.rows}
    # shops name no bus ("PCI"), and by "V2" they mean the board; some rows of the table are listings themselves, or
    # begin with a memory, which is a shop's word behind a maker's name
    sold = {
        name: read
        for name, read in reads.items()
        if not read.plain.qualifiers
        and read.plain.suffix != "v2"
        and read.parsed.listing_of is None
        and "MB " not in name
    }
    boards = [name for name, read in sold.items() if read.match.kind == "direct" and read.plain.kind == "discrete"]
    assert len(boards) > 50
    plain = runtime.predict([{"name": name} for name in boards])
    listed = runtime.predict([{"name": f"Gigabyte {name} Gaming OC"} for name in boards])
    assert [{**answer, "name": name} for answer, name in zip(listed, boards, strict=True)] == plain
    assert {answer["g3d_mark"]["source"] for answer in listed} == {"measured"}


def test_the_table_answers_what_it_has_measured(runtime: Runtime):
    known = next(row for row in runtime.served.known.rows if row["g3d_mark"] and row["tdp_w"])
    (measured,) = runtime.predict([{"name": known["name"]}])
    assert measured["g3d_mark"]["value"] == known["g3d_mark"]
    assert measured["g3d_mark"]["source"] == "measured"
    assert measured["g3d_mark"]["predicted"] != known["g3d_mark"]


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"name": "GeForce GTX 999"}, "no_specification", "name"),
        ({"name": "GeForce RTX 4090"}, "unseen_architecture", "architecture"),
        ({"name": "Intel Arc A770"}, "unseen_maker", "manufacturer"),
        ({"name": "Intel Arc A770"}, "unseen_architecture", "architecture"),
        ({"name": "Intel HD 630"}, "shared_memory", "memory_bandwidth_gb_s"),
        ({"name": "GeForce RTX 3080 Laptop GPU"}, "laptop_power_limit", "tdp_w"),
        ({"name": "GeForce RTX 4090"}, "dual_issue", "fp32_gflops"),
        ({"name": "GeForce RTX 4090"}, "saturation", "g3d_mark"),
        ({"name": "GeForce RTX 4060 Ti"}, "extrapolation", "release_year"),
        ({"name": "GeForce RTX 3070", "tdp_w": 20}, "contradiction", "tdp_w"),
        ({"name": "GeForce RTX 3070", "price_usd": 90_000}, "out_of_range", "price_usd"),
        ({"specs": {"shading_units": 5_000_000}}, "out_of_range", "shading_units"),
    ],
)
def test_warnings_name_the_field(runtime: Runtime, query: Query, code: str, field: str):
    (answer,) = runtime.predict([query])
    assert (code, field) in {(warning["code"], warning["field"]) for warning in answer["warnings"]}


@pytest.mark.parametrize("name", ["GeForce GTX 1060", "Quadro K2000", "GeForce GTX 1060 (Mobile)"])
def test_a_card_like_those_in_training_needs_no_warning(runtime: Runtime, name: str):
    assert runtime.predict([{"name": name}])[0]["warnings"] == []


def test_gpus_newer_than_the_table_get_wider_intervals(runtime: Runtime):
    sheet = {"shading_units": 4000.0, "boost_clock_mhz": 1800.0, "memory_bandwidth_gb_s": 400.0, "tdp_w": 200.0}
    now, later = runtime.predict([{"specs": sheet | {"release_year": year}} for year in (2021, 2026)])
    width = [np.log(high / low) for low, high in (answer["g3d_mark"]["interval_90"] for answer in (now, later))]
    assert width[1] > width[0]


def test_the_store_swaps_to_a_new_bundle_and_refuses_a_bad_one(bundles: Path, tmp_path: Path):
    shutil.copytree(bundles, tmp_path / "bundles")
    pointer = tmp_path / "bundles" / "current.json"
    version = json.loads(pointer.read_text())["version"]
    store = RuntimeStore(tmp_path / "bundles", check_seconds=0)
    with pytest.raises(NoBundleError):
        store.current()
    assert store.reload_if_changed()
    assert not store.reload_if_changed()
    assert store.current().version == version
    bad = "20990101T000000Z-bad"
    shutil.copytree(tmp_path / "bundles" / version, tmp_path / "bundles" / bad)
    (tmp_path / "bundles" / bad / "specs.json").write_bytes(b"[]")
    pointer.write_text(json.dumps({"version": bad}))
    assert not store.reload_if_changed()
    assert store.current().version == version
    assert "specs.json" in store.problem
    pointer.write_text('{"version": "../elsewhere"}')
    assert not store.reload_if_changed()
    assert store.current().version == version


@pytest.mark.parametrize("spoil", BAD, ids=lambda spoil: spoil.__name__)
def test_a_bad_bundle_is_refused_once_and_the_old_one_stays(bundles: Path, tmp_path: Path, caplog, spoil):
    store = Path(shutil.copytree(bundles, tmp_path / "bundles"))
    kept = RuntimeStore(store, check_seconds=0)
    assert kept.reload_if_changed()
    version = kept.current().version
    bad = add_variant(store, version, 1)
    spoil(store / bad)
    point_at(store, bad)
    assert not kept.reload_if_changed()
    assert not kept.reload_if_changed()
    said = [record.message.partition(":")[0] for record in caplog.records if record.levelname == "ERROR"]
    assert said == ["bundle refused"]
    assert kept.current().version == version
    assert JsonFormatter().format(caplog.records[-1]).isascii()


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"version": "\\ud800"}', b" " * 100_000, b'{"version": ["x"]}'])
def test_a_pointer_that_is_none_is_refused_once(bundles: Path, tmp_path: Path, caplog, content: bytes):
    store = Path(shutil.copytree(bundles, tmp_path / "bundles"))
    kept = RuntimeStore(store, check_seconds=0)
    assert kept.reload_if_changed()
    (store / "current.json").write_bytes(content)
    assert not kept.reload_if_changed()
    assert not kept.reload_if_changed()
    assert [record.levelname for record in caplog.records].count("ERROR") == 1


def test_what_cannot_be_read_now_is_read_later(bundles: Path, tmp_path: Path):
    store = Path(shutil.copytree(bundles, tmp_path / "bundles"))
    version = json.loads((store / "current.json").read_text())["version"]
    late = store / version / "features.json"
    late.rename(tmp_path / "on-its-way")
    kept = RuntimeStore(store, check_seconds=0)
    assert not kept.reload_if_changed()
    (tmp_path / "on-its-way").rename(late)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        assert not kept.reload_if_changed()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "Too many open files" in kept.problem
    assert kept.reload_if_changed()
    assert kept.current().version == version


def test_a_stale_file_of_a_shared_volume_is_read_again(bundles: Path, monkeypatch: pytest.MonkeyPatch):
    faults, open_file = [OSError(errno.ESTALE, "Stale file handle")], os.open

    def open_stale(path: Path, flags: int) -> int:
        if faults and path.name == "features.json":
            raise faults.pop()
        return open_file(path, flags)

    monkeypatch.setattr("gpu_kedro.modelling.bundle.disk.os.open", open_stale)
    kept = RuntimeStore(bundles, check_seconds=0)
    assert not kept.reload_if_changed()
    assert "features.json: cannot be read (Stale file handle)" in kept.problem
    assert kept.reload_if_changed()


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path):
    with pytest.raises(NoBundleError, match="kedro run"):
        Runtime.load(tmp_path)
    (tmp_path / "current.json").write_text("{")
    with pytest.raises(BundleError, match=r"current\.json"):
        Runtime.load(tmp_path)


def test_a_partial_sheet_of_an_unnamed_card_is_answered_about_as_its_whole_sheet(runtime: Runtime):
    sheet = dict(runtime.served.index.match("GeForce RTX 3070").specs)
    few = {name: sheet[name] for name in ("shading_units", "boost_clock_mhz", "memory_bandwidth_gb_s", "tdp_w")}
    whole, partial = runtime.predict([{"specs": sheet}, {"specs": few | {"release_year": 2020}}])
    assert partial["g3d_mark"]["predicted"] == pytest.approx(whole["g3d_mark"]["predicted"], rel=0.4)
    assert "estimated_sheet" in {warning["code"] for warning in partial["warnings"]}
