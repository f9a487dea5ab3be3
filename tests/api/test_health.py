def test_live_says_live(client):
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


def test_ready_names_the_version_in_service(client, version):
    assert client.get("/health/ready").json() == {"status": "ready", "model_version": version}


def test_without_a_bundle_the_service_lives_and_says_what_is_missing(open_client, problem, tmp_path):
    client = open_client(bundles=tmp_path / "none")
    assert client.get("/health/live").status_code == 200
    told = problem(client.get("/health/ready"), 503)
    assert told["missing"] == ["bundle: no trained bundle in the store; run `kedro run` to train one"]
    told = problem(client.post("/v1/predict", json={"name": "RTX 3070"}), 503)
    assert "kedro run" in told["detail"]


def test_a_damaged_bundle_is_not_ready(open_client, problem, store, version):
    (store / version / "features.json").write_text("{}")
    answer = open_client(bundles=store).get("/health/ready")
    (missing,) = problem(answer, 503)["missing"]
    assert missing.startswith(f"bundle: the store/{version}/features.json: ")
    assert str(store) not in answer.text


def test_an_ending_service_is_alive_but_not_ready_and_still_answers(open_client, problem):
    client = open_client()
    client.app.state.is_draining = True
    assert problem(client.get("/health/ready"), 503)["missing"] == ["service: it was asked to end"]
    assert client.get("/health/live").status_code == 200
    answer = client.post("/v1/predict", json={"name": "RTX 3070"})
    assert (answer.status_code, answer.headers["connection"]) == (200, "close")


def test_head_is_get_without_the_body(client):
    answer = client.head("/health/ready")
    assert (answer.status_code, answer.content) == (200, b"")


def test_another_method_is_refused_with_the_one_that_works(client, problem):
    answer = client.post("/health/live")
    assert problem(answer, 405)["detail"] == "this address takes GET"
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
