import numpy as np
import pytest

from gpu_kedro.modelling.learners.pooling import cross_pool, fit_pool, pool_probabilities


def log_loss(probabilities, true):
    return -np.log(probabilities[np.arange(true.size), true]).mean()


def say(true, right, sure, seed):
    """A classifier of two classes that is right as often and says that it is as sure."""
    hits = np.random.default_rng(seed).random(true.size) < right
    said = np.where(hits, true, 1 - true)
    return np.where(np.arange(2) == said[:, None], sure, 1 - sure)


@pytest.fixture
def true():
    return np.random.default_rng(0).integers(0, 2, 4000)


def test_one_boastful_member_is_softened(true):
    members = say(true, right=0.7, sure=0.99, seed=1)[None]
    pooled = pool_probabilities(members, fit_pool(members, true))
    assert pooled.max(axis=1).mean() == pytest.approx(0.7, abs=0.02)


def test_one_shy_member_is_sharpened(true):
    members = say(true, right=0.9, sure=0.6, seed=1)[None]
    pooled = pool_probabilities(members, fit_pool(members, true))
    assert pooled.max(axis=1).mean() == pytest.approx(0.9, abs=0.02)


def test_independent_members_count_as_bayes_has_it(true):
    members = np.stack([say(true, 0.8, 0.8, seed=1), say(true, 0.6, 0.6, seed=2)])
    weights = fit_pool(members, true)
    assert weights == pytest.approx([1.0, 1.0], abs=0.25)
    pooled = pool_probabilities(members, weights)
    assert log_loss(pooled, true) < min(log_loss(member, true) for member in members)


def test_a_member_that_guesses_does_not_count(true):
    members = np.stack([say(true, 0.8, 0.8, seed=1), say(true, 0.5, 0.9, seed=2)])
    assert fit_pool(members, true)[1] < 0.05


def test_weights_are_the_best_there_are(true):
    members = np.stack([say(true, 0.8, 0.9, seed=1), say(true, 0.7, 0.6, seed=2)])
    best = fit_pool(members, true)
    least = log_loss(pool_probabilities(members, best), true)
    for step in ([0.05, 0], [-0.05, 0], [0, 0.05], [0, -0.05]):
        assert log_loss(pool_probabilities(members, np.maximum(best + step, 0)), true) >= least


def test_a_pool_sums_to_one_and_rules_nothing_out():
    pooled = pool_probabilities(np.array([[[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]]]), np.array([0.5, 0.5]))
    assert pooled.sum() == pytest.approx(1)
    assert pooled[0, 0] == pytest.approx(pooled[0, 1])
    assert pooled[0, 2] > 0


def test_a_fold_has_no_say_in_its_own_weights(true):
    members, folds = np.stack([say(true, 0.8, 0.9, seed=1), say(true, 0.7, 0.6, seed=2)]), np.arange(true.size) % 5
    changed = np.where(folds == 2, 1 - true, true)
    before, after = cross_pool(members, true, folds), cross_pool(members, changed, folds)
    assert np.array_equal(before[folds == 2], after[folds == 2])
    assert not np.array_equal(before[folds == 1], after[folds == 1])
