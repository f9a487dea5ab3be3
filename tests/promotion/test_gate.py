"""What the gate lets pass, and what it refuses and why."""

import json
from pathlib import Path

import pytest
from candidates import turn_intervals_round, worsen

from gpu_kedro.configuration import SettingsError, open_configuration
from gpu_kedro.promotion.canaries import choose_canaries
from gpu_kedro.promotion.gate import Verdict, run_gate
from gpu_kedro.promotion.options import read_gate_options

OPTIONS = read_gate_options(open_configuration("test"))


def refusals(verdict: Verdict) -> list[str]:
    return [f"{check.name}: {check.detail}" for check in verdict.refusals]


def test_an_equal_candidate_passes_every_check(store: Path, champion: str, add_version):
    verdict = run_gate(store, add_version("equal"), champion, OPTIONS)
    assert refusals(verdict) == []
    names = [check.name for check in verdict.checks]
    assert {"bundle", "schema", "folds", "canaries", "coverage tdp_w specs 90 %"} <= set(names)
    assert "behaviour spelling" in names
    assert {"g3d_mark name all", "price_usd everything vendor_nvidia", "segment specs all"} <= set(names)


@pytest.mark.parametrize(
    ("stratum", "factor", "passes"), [("all", 1.019, True), ("all", 1.021, False), ("vendor_amd", 1.07, False)]
)
def test_one_target_that_is_worse_than_its_tolerance_is_refused(
    store: Path, champion: str, add_version, stratum: str, factor: float, passes: bool
):
    candidate = add_version("worse", worsen("tdp_w", "specs", stratum, factor))
    verdict = run_gate(store, candidate, champion, OPTIONS)
    assert verdict.passes == passes
    assert [check.name for check in verdict.refusals] == ([] if passes else [f"tdp_w specs {stratum}"])


def test_a_small_stratum_is_chance_and_not_judged(store: Path, champion: str, add_version):
    candidate = add_version("worse", worsen("g3d_mark", "name", "vgpu", 3.0))
    assert run_gate(store, candidate, champion, OPTIONS).passes


def test_a_share_of_right_segments_that_falls_is_refused(store: Path, champion: str, add_version):
    def edit(_, facts):
        facts["metrics"]["segment"]["splits"]["grouped"]["name"]["ours"]["all"]["exact"] -= 0.02

    verdict = run_gate(store, add_version("worse", edit), champion, OPTIONS)
    (line,) = refusals(verdict)
    assert line.startswith("segment name all: exact 0.9")
    assert "at least" in line


@pytest.mark.parametrize(("error", "passes"), [(0.2, True), (0.21, False)])
def test_a_market_that_tells_prices_worse_than_a_plain_shift_is_refused(
    store: Path, champion: str, add_version, error: float, passes: bool
):
    def edit(_, facts):
        facts["market"] = {"observations": 9, "error": error, "shift_error": 0.2, "coverage_90": 0.9}

    verdict = run_gate(store, add_version("market", edit), champion, OPTIONS)
    assert refusals(verdict) == ([] if passes else ["market: left-out prices 21.0% off, by a plain shift 20.0%"])


def test_coverage_outside_its_band_is_refused(store: Path, champion: str, add_version):
    def edit(_, facts):
        facts["metrics"]["price_usd"]["splits"]["grouped"]["specs"]["ours"]["all"]["coverage_90"] = 0.5

    verdict = run_gate(store, add_version("narrow", edit), champion, OPTIONS)
    assert refusals(verdict) == ["coverage price_usd specs 90 %: 0.500 in 0.7 to 1.0"]


def test_a_candidate_that_takes_slow_cards_for_fast_is_refused(store: Path, champion: str, add_version):
    def edit(files, _):
        for level in ("specs", "partly", "everything"):
            name = f"targets/g3d_mark/{level}/blend.json"
            blend = json.loads(files[name])
            blend["weights"] = [[-weight for weight in weights] for weights in blend["weights"]]
            files[name] = json.dumps(blend).encode()

    options = OPTIONS.model_copy(update={"behaviours": ["ladders"]})
    verdict = run_gate(store, add_version("backward", edit), champion, options)
    (line,) = refusals(verdict)
    assert line.startswith("behaviour ladders: GeForce GTX 1050 (")
    assert "beats GeForce GTX 1060" in line
    assert verdict.can_be_forced


def test_other_folds_cannot_be_compared(store: Path, champion: str, add_version):
    def edit(_, facts):
        facts["folds_sha256"] = "0" * 64

    (line,) = refusals(run_gate(store, add_version("elsewhere", edit), champion, OPTIONS))
    assert line.startswith("folds: the champion was tested on other data or folds")


def test_a_target_that_is_gone_changes_the_schema(store: Path, champion: str, add_version):
    def edit(_, facts):
        facts["metrics"].pop("tdp_w")

    lines = refusals(run_gate(store, add_version("less", edit), champion, OPTIONS))
    assert lines[0] == "schema: targets −tdp_w"
    assert "tdp_w name: the candidate was not tested on it" in lines


@pytest.mark.parametrize("first", [False, True])
def test_a_candidate_that_answers_nonsense_is_refused_even_as_the_first(
    store: Path, champion: str, add_version, first: bool
):
    candidate = add_version("nonsense", turn_intervals_round)
    verdict = run_gate(store, candidate, None if first else champion, OPTIONS)
    (line,) = refusals(verdict)
    assert line.startswith("canaries: ")
    assert "tdp_w is not ordered" in line
    assert not verdict.can_be_forced


def test_a_damaged_candidate_is_refused(store: Path, champion: str, add_version):
    candidate = add_version("damaged")
    (store / candidate / "features.json").write_bytes(b"{}")
    verdict = run_gate(store, candidate, champion, OPTIONS)
    assert "features.json" in refusals(verdict)[0]
    assert not verdict.can_be_forced


def test_a_champion_that_this_code_cannot_serve_is_nothing_to_compare_with(store: Path, champion: str, add_version):
    candidate = add_version("new")
    (store / champion / "features.json").write_bytes(b"{}")
    verdict = run_gate(store, candidate, champion, OPTIONS)
    assert verdict.passes
    assert verdict.champion is None


def test_the_first_bundle_only_has_to_answer(store: Path, champion: str, add_version):
    def edit(_, facts):
        facts["metrics"]["price_usd"]["splits"]["grouped"]["specs"]["ours"]["all"]["coverage_90"] = 0.5

    assert run_gate(store, add_version("first", edit), None, OPTIONS).passes


def test_canaries_are_two_hundred_different_queries_of_every_kind(store: Path, champion: str):
    files = {path.name: path.read_bytes() for path in (store / champion).glob("*.json")}
    canaries = choose_canaries(files, 200)
    assert len(canaries) == 200
    assert len({str(query) for query in canaries}) > 190
    assert sum("g3d_mark" in query for query in canaries) == 96
    assert {"name": ""} in canaries
    assert OPTIONS.canaries == 200


def test_a_wrong_setting_is_named():
    settings = dict(open_configuration("test")["promotion"])
    with pytest.raises(SettingsError, match=r"promotion\.yml: min_rows"):
        read_gate_options({"promotion": {**settings, "min_rows": 0}})
    with pytest.raises(SettingsError, match="no band between 0 and 1"):
        read_gate_options({"promotion": {**settings, "coverage_bands": {"90": [0.9, 0.8]}}})
