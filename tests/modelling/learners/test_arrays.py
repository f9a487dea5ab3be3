import numpy as np
import pytest

from gpu_kedro.modelling.learners.arrays import FEW_ROWS, multiply_rows

CHANCE = np.random.default_rng(0)
ROWS, MATRIX = CHANCE.normal(size=(200, 189)), CHANCE.normal(size=(189, 700))


@pytest.mark.parametrize("count", [1, 2, 3, 7, FEW_ROWS])
def test_a_few_rows_get_the_digits_that_each_gets_alone(count):
    alone = np.vstack([ROWS[place : place + 1] @ MATRIX for place in range(count)])
    assert np.array_equal(multiply_rows(ROWS[:count], MATRIX), alone)


@pytest.mark.parametrize("count", [0, 1, FEW_ROWS, FEW_ROWS + 1, 200])
def test_a_product_is_a_product(count):
    assert multiply_rows(ROWS[:count], MATRIX).shape == (count, 700)
    np.testing.assert_allclose(multiply_rows(ROWS[:count], MATRIX), ROWS[:count] @ MATRIX, rtol=1e-9, atol=1e-9)
