"""What leaking columns would pretend: an honest model against the same one fed with ratios of its own target.

Public work on this data often feeds `gpuValue` (G3D Mark / price) and `powerPerformance` (G3D Mark / TDP) to a model
of G3D Mark, price or TDP. Both contain the answer.
"""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import PredefinedSplit, cross_val_predict

from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.modelling.evaluation.metrics import regression_metrics
from gpu_kedro.modelling.options import LeakageOptions, SplitOptions
from gpu_kedro.modelling.targets import LEAKY_FEATURES, TARGETS, input_columns

#: What the compilation's two ratios are made of.
_RATIO_PARTS = ("g3d_mark", "price_usd", "tdp_w")


def compare_leaky(
    model_input: pd.DataFrame,
    target: str,
    primary_gpus: pd.DataFrame,
    leakage: LeakageOptions,
    splits: SplitOptions,
    jobs: int,
) -> list[dict[str, Any]]:
    """Score one gradient-boosted model on grouped folds, honestly and with the leaking ratios.

    Only GPUs that have both ratios take part, so that the two scores are of the same rows.

    Returns:
        One entry for "honest" and one for "leaky", with the regression metrics; none for a target that the ratios do
        not contain.
    """
    from catboost import CatBoostRegressor

    if target not in _RATIO_PARTS:
        return []
    known = primary_gpus.set_index("gpu_id")[list(_RATIO_PARTS)].dropna()
    rows = model_input[model_input["gpu_id"].isin(known.index)]
    facts = known.loc[rows["gpu_id"]]
    ratios = np.log(np.column_stack([facts["g3d_mark"] / facts["price_usd"], facts["g3d_mark"] / facts["tdp_w"]]))
    values = rows[list(FEATURE_NAMES)].to_numpy(float)[:, input_columns(TARGETS[target], "everything")]
    true = np.log(facts[target].to_numpy(float))
    model = CatBoostRegressor(
        iterations=leakage.iterations,
        learning_rate=0.06,
        random_seed=splits.seed,
        thread_count=1,
        verbose=False,
        allow_writing_files=False,
    )
    folds = PredefinedSplit(rows["fold"])
    results = []
    for variant, inputs in (("honest", values), ("leaky", np.hstack([values, ratios]))):
        # a table of which no GPU has all three has nothing to predict
        predicted = cross_val_predict(model, inputs, true, cv=folds, n_jobs=jobs) if true.size else true
        added = list(LEAKY_FEATURES) if variant == "leaky" else []
        results.append({"target": target, "variant": variant, "added": added, **regression_metrics(true, predicted)})
    return results
