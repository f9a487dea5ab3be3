"""Which members of a blend are heard for which GPU."""

import numpy as np

from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.modelling.blending import Blend, find_newest_year

KINDS = ["gaussian_process", "extra_trees"]
MEMBERS = np.array([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]])


def _gpus(*rows: tuple[float, float]) -> np.ndarray:
    values = np.full((len(rows), len(FEATURE_NAMES)), np.nan)
    values[:, FEATURE_NAMES.index("release_year")] = [year for year, _ in rows]
    values[:, FEATURE_NAMES.index("match_confidence")] = [confidence for _, confidence in rows]
    return values


def test_trees_are_silent_for_newer_gpus_and_the_process_where_no_sheet_was_found():
    blend = Blend.of(KINDS, [0.75, 0.25], has_sheets=True, newest_year=2021)
    gpus = _gpus((2021, 0.9), (2022, 0.9), (np.nan, 0.0))
    np.testing.assert_allclose(blend.mix(MEMBERS, blend.find_modes(gpus)), [1.25, 1.0, 2.0])


def test_where_no_level_has_sheets_every_member_is_heard():
    blend = Blend.of(KINDS, [0.75, 0.25], has_sheets=False)
    gpus = _gpus((2019, 0.9), (2024, 0.9), (np.nan, 0.0))
    np.testing.assert_allclose(blend.mix(MEMBERS, blend.find_modes(gpus)), [1.25, 1.25, 1.25])


def test_a_blend_of_trees_alone_answers_for_newer_gpus_too():
    blend = Blend.of(["extra_trees", "catboost"], [1, 1], has_sheets=True, newest_year=2021)
    np.testing.assert_allclose(blend.mix(MEMBERS, blend.find_modes(_gpus((2025, 1), (2025, 0), (2020, 1)))), 1.5)


def test_a_blend_survives_its_file():
    blend = Blend.of(KINDS, [2, 1], has_sheets=True, newest_year=2021)
    read = Blend.from_file(blend.to_file())
    np.testing.assert_array_equal(read.weights, blend.weights)
    assert read.newest_year == 2021
    assert Blend.from_file(Blend.of(KINDS, [2, 1], has_sheets=False).to_file()).newest_year == np.inf


def test_the_newest_year_overlooks_a_few_stray_ones():
    years = [(2010.0 + place % 12, 0.9) for place in range(300)]
    assert find_newest_year(_gpus(*years, (2030, 0.9))) == 2021
