"""What leaking columns would pretend: an honest model against the same one fed with ratios of its own target.

Public work on this data often feeds `gpuValue` (G3D Mark / price) and `powerPerformance` (G3D Mark / TDP) to a model
of G3D Mark, price or TDP. Both contain the answer.
"""

from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.modelling.evaluation.metrics import regression_metrics
from gpu_kedro.modelling.options import LeakageOptions
from gpu_kedro.modelling.targets import LEAKY_FEATURES, Target, input_columns

#: What the compilation's two ratios are made of.
_RATIO_PARTS = ("g3d_mark", "price_usd", "tdp_w")


def compare_leaky(
    model_input: pd.DataFrame, primary_gpus: pd.DataFrame, target: Target, options: LeakageOptions, seed: int, jobs: int
) -> list[dict[str, Any]]:
    """Score one gradient-boosted model on grouped folds, honestly and with the leaking ratios.

    Only GPUs that have both ratios take part, so that the two scores are of the same rows.

    Args:
        model_input: features, folds and answers, one row a GPU.
        primary_gpus: `g3d_mark, price_usd, tdp_w` of the same GPUs.
        target: a regression target.
        options: size of the model.
        seed: of the model.
        jobs: processes.

    Returns:
        One entry for "honest" and one for "leaky", with the regression metrics; none for a target that the ratios do
        not contain.
    """
    if target.name not in _RATIO_PARTS:
        return []
    known = primary_gpus.set_index("gpu_id")[list(_RATIO_PARTS)].dropna()
    rows = model_input[model_input["gpu_id"].isin(known.index)]
    facts = known.loc[rows["gpu_id"]]
    ratios = np.log(np.column_stack([facts["g3d_mark"] / facts["price_usd"], facts["g3d_mark"] / facts["tdp_w"]]))
    values = rows[list(FEATURE_NAMES)].to_numpy(float)[:, input_columns(target, "everything")]
    true = np.log(facts[target.name].to_numpy(float))
    folds = rows["fold"].to_numpy()
    results = []
    for variant, inputs in (("honest", values), ("leaky", np.hstack([values, ratios]))):
        parts = Parallel(n_jobs=jobs)(
            delayed(_fit_and_predict)(inputs, true, folds == fold, options.iterations, seed)
            for fold in np.unique(folds)
        )
        predicted = np.empty(true.size)
        for fold, part in zip(np.unique(folds), parts, strict=True):
            predicted[folds == fold] = part
        added = list(LEAKY_FEATURES) if variant == "leaky" else []
        results.append(
            {"target": target.name, "variant": variant, "added": added, **regression_metrics(true, predicted)}
        )
    return results


def _fit_and_predict(
    inputs: NDArray[np.float64], true: NDArray[np.float64], test: NDArray[np.bool_], iterations: int, seed: int
) -> NDArray[np.float64]:
    from catboost import CatBoostRegressor

    model = CatBoostRegressor(
        iterations=iterations,
        learning_rate=0.06,
        random_seed=seed,
        thread_count=1,
        verbose=False,
        allow_writing_files=False,
    )
    predicted: NDArray[np.float64] = model.fit(inputs[~test], true[~test]).predict(inputs[test])
    return predicted
