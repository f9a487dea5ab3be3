"""The Gaussian process: it interpolates, goes on along its trend, shrugs at wrong labels, and its gradient is right."""

import numpy as np
import pytest

from gpu_kedro.modelling.learners.gaussian_process import (
    GaussianProcess,
    _Hyperparameters,
    _leave_groups_out,
    fit_gaussian_process,
)
from gpu_kedro.modelling.options import GaussianProcessOptions

OPTIONS = GaussianProcessOptions(kind="gaussian_process", learning_rows=150, steps=25)
KINDS = ["compute", "era", "name word"]


@pytest.fixture(scope="module")
def cards() -> tuple[np.ndarray, np.ndarray]:
    """Scores follow compute, with a bend; era and word do nothing."""
    chance = np.random.default_rng(3)
    inputs = chance.normal(size=(160, 3)).astype(np.float32)
    answers = 7 + 0.8 * inputs[:, 0] + 0.2 * np.sin(2 * inputs[:, 0]) + chance.normal(scale=0.02, size=160)
    return inputs, answers.astype(float)


def _fit_both(
    inputs: np.ndarray, answers: np.ndarray, options: GaussianProcessOptions = OPTIONS, siblings: int = 1
) -> tuple[GaussianProcess, np.ndarray]:
    """The process, and what it says of each row without the row's group of so many siblings."""
    trust, groups = np.zeros(len(inputs), dtype=np.int64), np.arange(len(inputs)) // siblings
    return fit_gaussian_process(inputs, answers, KINDS, trust, groups, options, seed=0)


def _fit(inputs: np.ndarray, answers: np.ndarray, options: GaussianProcessOptions = OPTIONS) -> GaussianProcess:
    return _fit_both(inputs, answers, options)[0]


def test_it_interpolates_a_bent_law(cards):
    inputs, answers = cards
    asked = np.array([[0.5, 0.0, 0.0], [-0.7, 1.0, -1.0]], dtype=np.float32)
    np.testing.assert_allclose(_fit(inputs, answers).predict(asked), [7.568, 6.243], atol=0.05)


def test_it_goes_on_along_its_trend_where_trees_would_stop(cards):
    inputs, answers = cards
    beyond = _fit(inputs, answers).predict(np.array([[6.0, 0.0, 0.0], [7.0, 0.0, 0.0]], dtype=np.float32))
    assert beyond[0] > answers.max()
    assert beyond[1] - beyond[0] == pytest.approx(0.8, abs=0.35)


def test_only_a_share_of_what_exceeds_the_highest_answers_is_believed(cards):
    inputs, answers = cards
    levelling = _fit(inputs, answers, OPTIONS.model_copy(update={"beyond": 0.5}))
    asked = np.array([[0.5, 0.0, 0.0], [6.0, 0.0, 0.0]], dtype=np.float32)
    believed, plain = levelling.predict(asked), _fit(inputs, answers).predict(asked)
    ceiling = np.quantile(answers, 0.995)
    np.testing.assert_allclose(believed, [plain[0], ceiling + 0.5 * (plain[1] - ceiling)])


def test_wrong_labels_move_their_neighbours_less_than_without_the_heavy_tails(cards):
    inputs, answers = cards
    wrong = answers.copy()
    wrong[:8] += 3

    def error(options: GaussianProcessOptions) -> float:
        return float(np.abs(_fit(inputs, wrong, options).predict(inputs[8:]) - answers[8:]).mean())

    normal = OPTIONS.model_copy(update={"degrees_of_freedom": 1e6})
    assert error(OPTIONS) < 0.8 * error(normal)


def test_one_row_gets_the_same_answer_alone_and_in_a_batch(cards):
    process = _fit(*cards)
    together = process.predict(cards[0])
    alone = [process.predict(cards[0][[row]])[0] for row in range(len(cards[0]))]
    np.testing.assert_allclose(alone, together, rtol=1e-11)


def test_the_strongest_direction_carries_a_law_of_one_input(cards):
    inputs, answers = cards
    one = _fit(inputs, answers, OPTIONS.model_copy(update={"directions": 1}))
    assert one.directions.shape == (3, 1)
    np.testing.assert_allclose(one.predict(inputs), _fit(inputs, answers).predict(inputs), atol=0.05)


def test_all_directions_measure_the_distances_of_the_inputs_themselves(cards):
    process = _fit(*cards)
    assert process.directions.shape == (3, 3)
    scales = np.linalg.norm(process.directions, axis=1)
    turned = cards[0] @ process.directions
    np.testing.assert_allclose(
        np.linalg.norm(turned[0] - turned[1:], axis=1),
        np.linalg.norm((cards[0][0] - cards[0][1:]) * scales, axis=1),
        rtol=1e-6,
    )


def test_what_it_says_without_a_group_is_what_a_process_says_that_never_saw_the_group():
    chance = np.random.default_rng(5)
    points, answers = chance.normal(size=(30, 4)), chance.normal(size=30)
    groups = np.array([f"chip {place}" for place in chance.integers(0, 9, 30)], dtype=object)
    covariance = points @ points.T + 0.5 * np.eye(30)
    inverse = np.linalg.inv(covariance)
    errors = _leave_groups_out(inverse, inverse @ answers, groups)
    for group in set(groups):
        own, others = groups == group, groups != group
        told = covariance[own][:, others] @ np.linalg.solve(covariance[others][:, others], answers[others])
        np.testing.assert_allclose(answers[own] - told, errors[own], rtol=1e-8)


def test_a_wrong_label_is_not_in_what_is_said_without_its_group(cards):
    inputs, answers = cards
    wrong = answers.copy()
    wrong[:4] += 3
    _, told = _fit_both(inputs, wrong, siblings=4)
    # one of the four is the highest answer of all: it is reached by extrapolation
    assert np.abs(told[:4] - answers[:4]).max() < 0.5


def test_it_answers_the_same_after_a_round_trip_through_files(cards):
    process = _fit(*cards)
    read = GaussianProcess.from_files(process.to_files())
    np.testing.assert_array_equal(read.predict(cards[0]), process.predict(cards[0]))
    assert read.to_files() == process.to_files()


@pytest.mark.parametrize("place", range(8))
def test_the_gradient_is_the_slope_of_the_loss(cards, place: int):
    inputs, answers = cards
    chance = np.random.default_rng(1)
    parameters = _Hyperparameters(KINDS, trusts=2)
    logs = parameters.start + chance.normal(scale=0.3, size=parameters.start.size)
    groups = chance.integers(0, 2, len(inputs))
    outlying = chance.uniform(0.8, 3, len(inputs))
    facts = inputs.astype(float), answers - answers.mean(), groups, outlying
    assert logs.size == 8
    step = np.zeros_like(logs)
    step[place] = 1e-5
    slope = (
        parameters.negative_log_posterior(logs + step, *facts)[0]
        - parameters.negative_log_posterior(logs - step, *facts)[0]
    ) / 2e-5
    assert parameters.negative_log_posterior(logs, *facts)[1][place] == pytest.approx(slope, rel=1e-4, abs=1e-4)
