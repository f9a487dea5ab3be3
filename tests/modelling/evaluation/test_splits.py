import pandas as pd
import pytest

from gpu_kedro.modelling.evaluation.splits import assign_folds, is_training_year
from gpu_kedro.modelling.options import SplitOptions

OPTIONS = SplitOptions(calibration_years=3, folds=5, last_training_year=2019, seed=1)


def test_a_chip_group_is_never_on_both_sides(model_input: pd.DataFrame):
    assert (model_input.groupby("chip_group")["fold"].nunique() == 1).all()


def test_every_fold_gets_a_fair_share_of_rows(model_input: pd.DataFrame):
    shares = model_input["fold"].value_counts(normalize=True)
    assert sorted(shares.index) == [0, 1, 2, 3, 4]
    assert shares.min() > 0.15


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GeForce GTX 1060", "GeForce GTX 1060 3GB"),
        ("GeForce GTX 1060", "GeForce GTX 1060 with Max-Q Design"),
        ("GeForce RTX 3080", "GeForce RTX 3080 Ti"),
        ("GeForce RTX 3080", "GeForce RTX 3080 Laptop GPU"),
    ],
)
def test_variants_of_a_model_number_share_their_fold(model_input: pd.DataFrame, one: str, other: str):
    folds = model_input.set_index("name")["fold"]
    assert folds[one] == folds[other]


def test_folds_do_not_depend_on_the_order_of_rows(model_input: pd.DataFrame):
    groups = model_input.set_index("gpu_id")["chip_group"]
    shuffled = groups.sample(frac=1, random_state=4)
    pd.testing.assert_series_equal(
        assign_folds(shuffled, OPTIONS).sort_index(), assign_folds(groups, OPTIONS).sort_index()
    )


def test_the_temporal_split_trains_up_to_2019_and_leaves_out_unknown_years():
    years = pd.Series([2009.0, 2019.0, 2020.0, None])
    assert is_training_year(years, OPTIONS).tolist() == [True, True, False, False]
