"""Answers one question of the benchmark with AutoGluon; runs in `.venv-autogluon`, not in the project's environment.

Usage: python answer.py FOLDER; the folder holds `question.parquet` and `settings.json` (see
`gpu_kedro.modelling.experiments.autogluon`) and gets `answers.parquet` and, last, `record.json`.
"""

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

_SMALLEST_PROBABILITY = 1e-6


def answer(folder: Path) -> None:
    """Fit on the rows with an answer, predict the others."""
    from autogluon.tabular import TabularPredictor, __version__

    settings: dict[str, Any] = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    # pandas 2 cannot read what pandas 3 says of its own column types
    table = pq.read_table(folder / "question.parquet").to_pandas(ignore_metadata=True)
    is_tested = table.pop("is_tested")
    train = table[~is_tested].astype({"bag_fold": int})
    is_multiclass = settings["problem"] == "multiclass"
    if is_multiclass:
        train = train.astype({"answer": int})
    models = folder / "models"
    shutil.rmtree(models, ignore_errors=True)
    started = time.monotonic()
    predictor = TabularPredictor(
        label="answer",
        problem_type=settings["problem"],
        eval_metric=settings["metric"],
        groups="bag_fold",
        path=str(models),
        verbosity=2,
    ).fit(
        train,
        presets=settings["presets"],
        time_limit=settings["seconds"],
        memory_limit=settings["memory_gib"],
        num_cpus=settings["cores"],
        num_gpus=0,
        raise_on_no_models_fitted=True,
    )
    seconds = time.monotonic() - started
    test = table[is_tested].drop(columns=["answer", "bag_fold"])
    temperature = None
    if is_multiclass:
        # AutoGluon's own temperature scaling needs torch; this is the same on the same out-of-fold predictions
        temperature = find_temperature(predictor.predict_proba_oof(), train["answer"])
        probabilities = scale(predictor.predict_proba(test), temperature)
        answers = pd.DataFrame({f"p_{name}": column.to_numpy() for name, column in probabilities.items()})
        classes = range(int(train["answer"].max()) + 1)
        answers = answers.reindex(columns=[f"p_{place}" for place in classes], fill_value=0.0)
    else:
        answers = pd.DataFrame({"predicted": predictor.predict(test).to_numpy()})
    answers.to_parquet(folder / "answers.parquet", index=False)
    board = predictor.leaderboard()
    record = {
        "best_models": board["model"].head(5).tolist(),
        "models": len(board),
        "question_sha256": settings["question_sha256"],
        "rows_trained": len(train),
        "seconds": round(seconds, 1),
        "temperature": temperature,
        "version": __version__,
    }
    shutil.rmtree(models, ignore_errors=True)
    (folder / "record.json").write_text(json.dumps(record, indent=1), encoding="utf-8")


def scale(probabilities: pd.DataFrame, temperature: float) -> pd.DataFrame:
    """Probabilities made less sure by a temperature above 1, surer by one below."""
    powered = probabilities.clip(lower=_SMALLEST_PROBABILITY) ** (1 / temperature)
    return powered.div(powered.sum(axis=1), axis=0)


def find_temperature(probabilities: pd.DataFrame, true: pd.Series) -> float:
    """The temperature with the smallest log loss on out-of-fold probabilities.

    Source: Guo et al. (2017), On calibration of modern neural networks.
    """
    from scipy.optimize import minimize_scalar

    places = probabilities.columns.get_indexer(pd.Index(true.loc[probabilities.index]))
    rows = np.arange(len(places))

    def loss(log_temperature: float) -> float:
        scaled = scale(probabilities, float(np.exp(log_temperature))).to_numpy()
        return float(-np.log(scaled[rows, places]).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


if __name__ == "__main__":
    answer(Path(sys.argv[1]))
