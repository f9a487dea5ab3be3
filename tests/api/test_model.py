def test_model_card_tells_where_the_bundle_comes_from(client, version):
    card = client.get("/v1/model").json()
    assert card["model_version"] == version
    assert len(card["data_sha256"]) == 64
    assert card["trained_at"].endswith("+00:00")
    assert card["rows"] > 300


def test_model_card_tells_how_good_each_answer_is(client):
    targets = client.get("/v1/model").json()["targets"]
    assert sorted(targets) == ["g3d_mark", "price_usd", "segment", "tdp_w"]
    assert {"grouped", "temporal"} == set(targets["g3d_mark"]["metrics"])
    assert 0 < targets["g3d_mark"]["interval_coverage"]["all"]["80"] <= 1
    low, high = targets["tdp_w"]["input_ranges"]["tdp_w"]
    assert 0 < low < high
