from pathlib import Path

from records import logged_predictions

QUERY = {"name": "RTX 3070", "tdp_w": 220}


def test_nothing_is_logged_unless_a_folder_is_named(client):
    client.post("/v1/predict", json=QUERY)
    assert client.app.state.prediction_log is None


def test_predictions_batches_and_files_are_logged_without_keys_or_addresses(open_client, tmp_path: Path, version: str):
    client = open_client(prediction_log=tmp_path, api_key="an-api-key-of-a-client")
    client.headers["X-API-Key"] = "an-api-key-of-a-client"
    single = client.post("/v1/predict", json=QUERY).json()
    batch = client.post("/v1/predict/batch", json={"name": ["RX 580", "GTX 970"]}).json()
    file = client.post("/v1/predict/file", content="name\nArc A770\n", headers={"Content-Type": "text/csv"})
    assert file.status_code == 200
    client.app.state.prediction_log.stop()
    rows = logged_predictions(tmp_path)
    assert [row["name"] for row in rows] == ["RTX 3070", "RX 580", "GTX 970", "Arc A770"]
    assert rows[0]["given_tdp_w"] == 220
    assert rows[0]["g3d_mark_predicted"] == single["g3d_mark"]["predicted"]
    assert [row["price_usd_predicted"] for row in rows[1:3]] == batch["price_usd_predicted"]
    assert {row["model_version"] for row in rows} == {version}
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"an-api-key" not in content
    assert b"testclient" not in content


def test_a_disk_that_is_full_costs_entries_and_no_answer(open_client, tmp_path: Path):
    # a folder cannot be made below a file, as none can be on a full disk
    blocked = tmp_path / "full"
    blocked.write_text("")
    client = open_client(prediction_log=blocked / "log", metrics=True)
    for _ in range(3):
        assert client.post("/v1/predict", json=QUERY).status_code == 200
    client.app.state.prediction_log.stop()
    assert "gpu_kedro_prediction_log_dropped_total 3" in client.get("/metrics").text
