import threading
from pathlib import Path

import pytest
from records import logged_predictions

from gpu_kedro.serving.prediction_log import COLUMNS, PredictionLog

ANSWER = {
    "model_version": "v1",
    "match": {"kind": "direct", "confidence": 0.9},
    "segment": {"probabilities": {"Desktop": 0.9, "Mobile": 0.1, "Workstation": 0.0}},
    "g3d_mark": {"predicted": 100.0},
    "price_usd": {"predicted": 50.0},
    "tdp_w": {"predicted": 75.0},
    "warnings": [{"code": "out_of_range"}, {"code": "uncertain_match"}],
}


def test_a_single_answer_and_a_batch_have_the_same_columns(tmp_path: Path):
    log = PredictionLog(tmp_path)
    log.start()
    log.put([{"name": "RTX 3070", "tdp_w": 220.0, "specs": {"tmus": 184, "rops": None}}], [ANSWER])
    columns = {
        "name": ["RX 580", None],
        "model_version": ["v1", "v1"],
        "match_kind": ["direct", "none"],
        "match_confidence": [0.9, 0.0],
        "warnings": ["", "no_specification"],
        "g3d_mark_predicted": [1.0, 2.0],
        "g3d_mark_source": ["predicted", "measured"],
    }
    log.put([{"name": "RX 580"}, {"name": None}], columns)
    log.stop()
    first, second, third = logged_predictions(tmp_path)
    assert first["name"] == "RTX 3070"
    assert first["given_tdp_w"] == 220.0
    assert first["specs"] == '{"tmus": 184}'
    assert first["warnings"] == "out_of_range uncertain_match"
    assert first["p_desktop"] == 0.9
    assert (second["g3d_mark_predicted"], third["g3d_mark_predicted"]) == (1.0, 2.0)
    assert third["name"] is None
    assert set(first) == set(COLUMNS)
    assert (log.written, log.dropped) == (3, 0)


def test_files_are_rotated_by_rows_and_the_oldest_go(tmp_path: Path):
    log = PredictionLog(tmp_path, max_rows=2, max_files=3)
    log.start()
    for number in range(12):
        log.put([{"name": f"GPU {number}"}], [ANSWER])
        while log.written <= number:  # each is written on its own
            threading.Event().wait(0.005)
    log.stop()
    assert len(list(tmp_path.glob("*.sqlite"))) == 3
    assert [row["name"] for row in logged_predictions(tmp_path)] == [f"GPU {number}" for number in range(6, 12)]


def test_a_queue_that_is_full_drops_and_counts(tmp_path: Path):
    log = PredictionLog(tmp_path, capacity=3)
    for number in range(5):
        log.put([{"name": f"GPU {number}"}], [ANSWER])
    assert log.dropped == 2
    log.start()
    log.stop()
    assert [row["name"] for row in logged_predictions(tmp_path)] == ["GPU 0", "GPU 1", "GPU 2"]


def test_a_folder_that_cannot_be_written_drops_says_so_once_and_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    blocked = tmp_path / "log"
    blocked.write_text("a file is in the way")
    log = PredictionLog(blocked)
    log.start()
    log.put([{"name": "GPU 0"}], [ANSWER])
    while log.dropped < 1:
        threading.Event().wait(0.005)
    blocked.unlink()
    log.put([{"name": "GPU 1"}], [ANSWER])
    log.stop()
    assert (log.written, log.dropped) == (1, 1)
    assert caplog.text.count("cannot write") == 1


def test_a_disk_that_cannot_be_written_costs_no_history_and_files_are_their_owners(tmp_path, monkeypatch):
    queries, answers = [{"name": "RTX 3070"}], {"model_version": ["v"]}

    def log_one() -> PredictionLog:
        log = PredictionLog(tmp_path, max_files=2)
        log.put(queries, answers)
        log.start()
        log.stop()
        return log

    foreign = tmp_path / "predictions-of-somebody-else.sqlite"
    foreign.write_text("")
    for _ in range(2):
        log_one()
    kept = {path.name for path in tmp_path.iterdir()}
    with monkeypatch.context() as patch:
        patch.setattr("gpu_kedro.serving.prediction_log._CREATE", "not SQL")
        for _ in range(15):
            assert log_one().dropped == 1
    assert {path.name for path in tmp_path.iterdir()} == kept
    log_one()
    now = {path.name for path in tmp_path.iterdir()}
    assert len(now) == 3
    assert foreign.name in now
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir() if path != foreign} == {0o600}
