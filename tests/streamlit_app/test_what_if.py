import pytest

from gpu_kedro.domain.specs.what_if import LEVERS, move_sheet
from streamlit_app.views.what_if import merge_sheet, sweep_sheet

SHEET = {"shading_units": 1000.0, "boost_clock_mhz": 2000.0, "fp32_gflops": 4000.0, "tdp_w": 100.0, "architecture": "X"}


def test_what_depends_on_levers_moves_with_them():
    moved = move_sheet(SHEET, {"shading_units": 200, "boost_clock_mhz": 50, "tdp_w": 150})
    assert moved == {**SHEET, "shading_units": 2000, "boost_clock_mhz": 1000, "fp32_gflops": 4000, "tdp_w": 150}
    assert SHEET["shading_units"] == 1000.0


def test_a_sweep_moves_one_lever_and_keeps_the_others():
    xs, columns = sweep_sheet("some card", SHEET, {"shading_units": 100, "tdp_w": 150}, "shading_units")
    assert xs[0] == pytest.approx(300)
    assert xs[-1] == pytest.approx(3000)
    assert xs == sorted(xs) == columns["spec_shading_units"]
    assert set(columns["spec_tdp_w"]) == {150.0}
    assert columns["spec_fp32_gflops"][-1] == pytest.approx(12_000)
    assert columns["name"] == ["some card"] * len(xs)


def test_what_is_given_goes_before_the_known_sheet():
    card = {"specs": {"tdp_w": 220.0, "tmus": 184.0, "chip": None}}
    assert merge_sheet(card, {"tdp_w": 300.0}) == {"tdp_w": 300.0, "tmus": 184.0}


def test_every_lever_and_what_follows_it_is_a_field_of_the_sheet():
    from gpu_kedro.contracts.v1.queries import GpuSpecs

    assert {field for lever, others in LEVERS.items() for field in (lever, *others)} <= set(GpuSpecs.model_fields)
