"""The Gaussian process: it interpolates, goes on along its trend, shrugs at wrong labels, and its gradient is right."""

import numpy as np
import pytest

from gpu_kedro.modelling.gaussian_process import GaussianProcess, _Layout, fit_gaussian_process
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


def _fit(inputs: np.ndarray, answers: np.ndarray) -> GaussianProcess:
    return fit_gaussian_process(inputs, answers, KINDS, np.zeros(len(inputs), dtype=np.int64), OPTIONS, seed=0)


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
    levelling = fit_gaussian_process(
        inputs, answers, KINDS, np.zeros(160, dtype=np.int64), OPTIONS.model_copy(update={"beyond": 0.5}), seed=0
    )
    asked = np.array([[0.5, 0.0, 0.0], [6.0, 0.0, 0.0]], dtype=np.float32)
    believed, plain = levelling.predict(asked), _fit(inputs, answers).predict(asked)
    ceiling = np.quantile(answers, 0.995)
    np.testing.assert_allclose(believed, [plain[0], ceiling + 0.5 * (plain[1] - ceiling)])


def test_wrong_labels_move_their_neighbours_less_than_without_the_heavy_tails(cards):
    inputs, answers = cards
    wrong = answers.copy()
    wrong[:8] += 3

    def error(options: GaussianProcessOptions) -> float:
        process = fit_gaussian_process(inputs, wrong, KINDS, np.zeros(len(inputs), dtype=np.int64), options, seed=0)
        return float(np.abs(process.predict(inputs[8:]) - answers[8:]).mean())

    normal = OPTIONS.model_copy(update={"degrees_of_freedom": 1e6})
    assert error(OPTIONS) < 0.8 * error(normal)


def test_one_row_gets_the_same_answer_alone_and_in_a_batch(cards):
    process = _fit(*cards)
    together = process.predict(cards[0])
    alone = [process.predict(cards[0][[row]])[0] for row in range(len(cards[0]))]
    np.testing.assert_allclose(alone, together, rtol=1e-11)


def test_a_third_of_the_rows_stands_for_all(cards):
    inputs, answers = cards
    few = fit_gaussian_process(
        inputs, answers, KINDS, np.zeros(160, dtype=np.int64), OPTIONS.model_copy(update={"vectors": 50}), seed=0
    )
    assert few.weights.shape == (50,)
    np.testing.assert_allclose(few.predict(inputs), _fit(inputs, answers).predict(inputs), atol=0.02)


def test_it_answers_the_same_after_a_round_trip_through_files(cards):
    process = _fit(*cards)
    read = GaussianProcess.from_files(process.to_files())
    np.testing.assert_array_equal(read.predict(cards[0]), process.predict(cards[0]))
    assert read.to_files() == process.to_files()


@pytest.mark.parametrize("place", range(8))
def test_the_gradient_is_the_slope_of_the_loss(cards, place: int):
    inputs, answers = cards
    chance = np.random.default_rng(1)
    layout = _Layout(KINDS, trusts=2)
    logs = layout.start + chance.normal(scale=0.3, size=layout.start.size)
    groups = chance.integers(0, 2, len(inputs))
    outlying = chance.uniform(0.8, 3, len(inputs))
    facts = inputs.astype(float), answers - answers.mean(), groups, outlying
    assert logs.size == 8
    step = np.zeros_like(logs)
    step[place] = 1e-5
    slope = (layout.judge(logs + step, *facts)[0] - layout.judge(logs - step, *facts)[0]) / 2e-5
    assert layout.judge(logs, *facts)[1][place] == pytest.approx(slope, rel=1e-4, abs=1e-4)
