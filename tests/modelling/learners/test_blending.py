"""Which members of a blend are heard for which GPU."""

import numpy as np
import pytest

from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.modelling.learners.blending import Blend, find_newest_year
from gpu_kedro.modelling.options import ExtraTreesOptions, GaussianProcessOptions, ModelOptions

MEMBERS = np.array([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]])


def _process(weight: float, unsure_weight: float | None = None) -> GaussianProcessOptions:
    return GaussianProcessOptions(
        kind="gaussian_process", learning_rows=10, steps=1, weight=weight, unsure_weight=unsure_weight
    )


def _trees(weight: float, unsure_weight: float | None = None) -> ExtraTreesOptions:
    return ExtraTreesOptions(
        kind="extra_trees", trees=1, min_leaf=1, max_features=1, weight=weight, unsure_weight=unsure_weight
    )


def _gpus(*rows: tuple[float, float]) -> np.ndarray:
    """GPUs of a release year and a match confidence; a match is strict from 0.9 on."""
    values = np.full((len(rows), len(FEATURE_NAMES)), np.nan)
    values[:, FEATURE_NAMES.index("release_year")] = [year for year, _ in rows]
    values[:, FEATURE_NAMES.index("match_confidence")] = [confidence for _, confidence in rows]
    values[:, FEATURE_NAMES.index("is_strict_match")] = [confidence >= 0.9 for _, confidence in rows]
    return values


def test_trees_are_silent_for_newer_gpus_and_the_process_where_no_sheet_was_found():
    blend = Blend.of([_process(0.75), _trees(0.25)], has_sheets=True, newest_year=2021)
    gpus = _gpus((2021, 0.9), (2022, 0.9), (np.nan, 0.0))
    np.testing.assert_allclose(blend.mix(MEMBERS, blend.find_modes(gpus)), [1.25, 1.0, 2.0])


def test_an_unsure_sheet_has_weights_of_its_own_but_not_for_newer_gpus():
    blend = Blend.of([_process(0.75, 0.5), _trees(0.25, 0.5)], has_sheets=True, newest_year=2021)
    gpus = _gpus((2020, 0.9), (2020, 0.7), (2022, 0.7))
    modes = blend.find_modes(gpus)
    np.testing.assert_allclose(blend.mix(MEMBERS, modes), [1.25, 1.5, 1.0])
    np.testing.assert_array_equal(blend.are_newer(modes), [False, False, True])
    rows = [
        {"spec_release_year": year, "match_confidence": confidence, "is_strict": confidence >= 0.9}
        for year, confidence in ((2020, 0.9), (2020, 0.7), (2022, 0.7))
    ]
    assert [blend.find_mode(row) for row in rows] == modes.tolist()
    nothing = {"spec_release_year": None, "match_confidence": 0.0, "is_strict": False}
    assert blend.find_mode(nothing) == blend.find_modes(_gpus((np.nan, 0.0)))[0]


def test_where_no_sheet_was_found_the_others_count_as_where_it_is_unsure():
    blend = Blend.of([_process(0.5, 0.2), _trees(0.4, 0.2), _trees(0.1, 0.6)], has_sheets=True)
    np.testing.assert_allclose(blend.weights[:3], [[0.5, 0.4, 0.1], [0.2, 0.2, 0.6], [0, 0.25, 0.75]])


def test_without_weights_of_its_own_an_unsure_sheet_counts_as_any():
    blend = Blend.of([_process(0.75), _trees(0.25)], has_sheets=True, newest_year=2021)
    np.testing.assert_array_equal(blend.weights[0], blend.weights[1])


def test_a_blend_of_an_earlier_version_is_refused():
    with pytest.raises(ValueError, match="earlier version"):
        Blend.from_file(b'{"newest_year": null, "weights": [[1], [1], [1], [1]]}')


def test_where_no_level_has_sheets_every_member_is_heard():
    blend = Blend.of([_process(0.75), _trees(0.25)], has_sheets=False)
    gpus = _gpus((2019, 0.9), (2024, 0.9), (np.nan, 0.0))
    np.testing.assert_allclose(blend.mix(MEMBERS, blend.find_modes(gpus)), [1.25, 1.25, 1.25])


def test_a_blend_of_trees_alone_answers_for_newer_gpus_too():
    blend = Blend.of([_trees(1), _trees(1)], has_sheets=True, newest_year=2021)
    np.testing.assert_allclose(blend.mix(MEMBERS, blend.find_modes(_gpus((2025, 1), (2025, 0), (2020, 1)))), 1.5)


def test_a_blend_survives_its_file():
    blend = Blend.of([_process(2), _trees(1)], has_sheets=True, newest_year=2021)
    read = Blend.from_file(blend.to_file())
    np.testing.assert_array_equal(read.weights, blend.weights)
    assert read.newest_year == 2021
    assert Blend.from_file(Blend.of([_process(2), _trees(1)], has_sheets=False).to_file()).newest_year == np.inf


def test_the_newest_year_overlooks_a_few_stray_ones():
    years = [(2010.0 + place % 12, 0.9) for place in range(300)]
    assert find_newest_year(_gpus(*years, (2030, 0.9))) == 2021


def test_a_blend_in_which_nobody_counts_is_refused():
    for members in ((_trees(0),), (_process(1, 0), _trees(1, 0))):
        with pytest.raises(ValueError, match="no member counts"):
            ModelOptions(embedding_dims=0, members=members)
