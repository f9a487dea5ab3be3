import pytest


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


def test_model_card_tells_what_the_answers_rest_on(client):
    targets = client.get("/v1/model").json()["targets"]
    for target in targets.values():
        weights = [one["weight"] for one in target["importance"]]
        assert weights == sorted(weights, reverse=True)
    assert targets["tdp_w"]["importance"][0]["title"] == "power of the sheet"


def test_input_ranges_are_in_the_units_of_a_query(client):
    targets = client.get("/v1/model").json()["targets"]
    assert targets["g3d_mark"]["input_ranges"]["specs.release_year"] == [1998, 2022]
    assert targets["g3d_mark"]["input_ranges"]["specs.process_nm"] == pytest.approx([7, 350])
    assert "tdp_w" in targets["g3d_mark"]["input_ranges"]
    assert "tdp_w" not in targets["tdp_w"]["input_ranges"]


def test_model_card_tells_how_good_it_is_for_each_stratum(client):
    targets = client.get("/v1/model").json()["targets"]
    strata = targets["g3d_mark"]["strata"]["grouped"]["everything"]
    assert {"all", "vendor_amd", "segment_mobile"} <= set(strata)
    spread = strata["all"]
    assert spread["median_error_low"] <= spread["median_error"] <= spread["median_error_high"]
    bins = targets["segment"]["reliability"]["grouped"]["everything"]
    assert set(bins) == {"all", "Desktop", "Mobile", "Workstation"}
    assert all(0 <= one["lower"] <= one["share"] <= one["upper"] <= 1 for one in bins["all"])
    assert targets["g3d_mark"]["reliability"] == {}
