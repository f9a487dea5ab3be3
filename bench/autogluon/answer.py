"""Answers one question of the benchmark with AutoGluon; runs in `.venv-autogluon`, not in the project's environment.

Usage: python answer.py FOLDER; the folder holds `question.parquet` and `settings.json` (see
`gpu_kedro.modelling.autogluon`) and gets `answers.parquet` and, last, `record.json`.
"""

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq


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
        calibrate=True if is_multiclass else "auto",
        raise_on_no_models_fitted=True,
    )
    seconds = time.monotonic() - started
    test = table[is_tested].drop(columns=["answer", "bag_fold"])
    if is_multiclass:
        probabilities = predictor.predict_proba(test)
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
        "version": __version__,
    }
    shutil.rmtree(models, ignore_errors=True)
    (folder / "record.json").write_text(json.dumps(record, indent=1), encoding="utf-8")


if __name__ == "__main__":
    answer(Path(sys.argv[1]))
