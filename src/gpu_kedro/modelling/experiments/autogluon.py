"""AutoGluon as an opponent: it is asked in an environment of its own, because it needs older libraries.

A question is a folder with a table and its settings; the script that answers it sees no test answer. Answers are kept
with a hash of their question and asked for again only when that changes.
"""

import hashlib
import json
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from gpu_kedro.domain.errors import GpuKedroError
from gpu_kedro.modelling.evaluation.cross_validation import select_examples
from gpu_kedro.modelling.evaluation.splits import assign_folds
from gpu_kedro.modelling.experiments.benchmark import ComparisonTask, InputKind, Study, prepare_inputs, score_rows
from gpu_kedro.modelling.options import AutogluonOptions
from gpu_kedro.modelling.targets import TARGETS

#: What the report says where AutoGluon is not installed and no kept answer fits.
NOT_RUN = "not run: make benchmark"
QUESTION, SETTINGS, ANSWERS, RECORD, LOG = (
    "question.parquet", "settings.json", "answers.parquet", "record.json", "autogluon.log",
)  # fmt: skip


class AutogluonError(GpuKedroError):
    """AutoGluon was there and gave no answer."""


@dataclass(frozen=True)
class Question:
    """One split, posed so that the test answers are not in it.

    Args:
        settings: task, time, memory and the like, as JSON.
        table: inputs, and `answer` (missing for GPUs that are tested), `bag_fold`, `is_tested`.
        tested: `gpu_id, true` of the tested GPUs, in the order of the table; stays here.
        classes: class names, None for regression.
    """

    settings: dict[str, Any]
    table: pd.DataFrame
    tested: pd.DataFrame
    classes: tuple[str, ...] | None

    @property
    def sha256(self) -> str:
        """Hash of everything that AutoGluon sees."""
        told = json.dumps([self.settings, list(self.table.columns)], sort_keys=True).encode()
        values = pd.util.hash_pandas_object(self.table, index=False).to_numpy()
        return hashlib.sha256(told + values.tobytes()).hexdigest()


def build_question(
    study: Study, primary_gpus: pd.DataFrame, task: ComparisonTask, kind: InputKind, options: AutogluonOptions
) -> Question:
    """The first fold of a study as a question.

    Bagging keeps chip groups together, as somebody would who knows that variants of a chip are alike: each row of the
    training part has a bag fold, spread evenly over the classes if there are any.
    """
    examples, splits = select_examples(study.table, task.target), study.splits
    rows = study.table.set_index("gpu_id").loc[examples.gpu_ids]
    raw = primary_gpus.set_index("gpu_id").loc[examples.gpu_ids]
    first = int(examples.folds.min())
    inputs = prepare_inputs(examples, raw, task, splits.seed, first)[kind]
    is_tested = examples.folds == first
    groups = rows.loc[~is_tested, "chip_group"]
    if examples.classes is None:
        bags = assign_folds(groups, splits.model_copy(update={"folds": options.bag_folds})).to_numpy()
    else:
        bags = np.empty(len(groups), dtype=np.int64)
        splitter = StratifiedGroupKFold(n_splits=options.bag_folds, shuffle=True, random_state=splits.seed)
        with warnings.catch_warnings():
            # a combination that three GPUs have cannot be in every bag
            warnings.filterwarnings("ignore", message="The least populated class")
            for bag, (_, held_out) in enumerate(splitter.split(groups, examples.answers[~is_tested], groups)):
                bags[held_out] = bag
    told = pd.DataFrame(np.vstack([inputs.train, inputs.test]), columns=inputs.names)
    tested = int(is_tested.sum())
    missing = np.full(tested, np.nan)
    return Question(
        settings={
            "cores": options.cores,
            "memory_gib": options.memory_gib,
            "metric": "root_mean_squared_error" if examples.classes is None else "log_loss",
            "presets": options.presets,
            "problem": "regression" if examples.classes is None else "multiclass",
            "seconds": 60 * options.minutes_per_target,
        },
        table=told.assign(
            answer=np.concatenate([examples.answers[~is_tested].astype(float), missing]),
            bag_fold=np.concatenate([bags.astype(float), missing]),
            is_tested=np.concatenate([np.zeros(len(groups), dtype=bool), np.ones(tested, dtype=bool)]),
        ),
        tested=pd.DataFrame({"gpu_id": examples.gpu_ids[is_tested], "true": examples.answers[is_tested]}),
        classes=examples.classes,
    )


def ask_autogluon(question: Question, folder: Path, options: AutogluonOptions) -> dict[str, Any]:
    """Let AutoGluon answer, unless it has answered the same question before.

    Returns:
        `status` ("run" or why not) and, when run, `record` (version, seconds, best models) and `predictions`.

    Raises:
        AutogluonError: it is there and fails.
    """
    if not _has_answer(folder, question):
        if not (_find_python(options).is_file() and Path(options.script).is_file()):
            return {"status": NOT_RUN}
        _ask(question, folder, options)
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    answers = pd.read_parquet(folder / ANSWERS)
    return {"status": "run", "record": record, "predictions": _read_answers(question, answers)}


def _has_answer(folder: Path, question: Question) -> bool:
    if not (folder / RECORD).is_file():
        return False
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return bool(record["question_sha256"] == question.sha256)


def _find_python(options: AutogluonOptions) -> Path:
    return Path(options.environment) / "bin" / "python"


def _ask(question: Question, folder: Path, options: AutogluonOptions) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RECORD).unlink(missing_ok=True)
    question.table.to_parquet(folder / QUESTION, index=False)
    settings = {**question.settings, "question_sha256": question.sha256}
    (folder / SETTINGS).write_text(json.dumps(settings, indent=1, sort_keys=True), encoding="utf-8")
    with (folder / LOG).open("w", encoding="utf-8") as log:
        done = subprocess.run(  # noqa: S603  # the environment comes from the configuration
            [str(_find_python(options)), options.script, str(folder)], stdout=log, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode != 0 or not (folder / RECORD).is_file():
        raise AutogluonError(f"AutoGluon ended with status {done.returncode}; its log is {folder / LOG}")


def _read_answers(question: Question, answers: pd.DataFrame) -> pd.DataFrame:
    if question.classes is None:
        return question.tested.assign(predicted=answers["predicted"].to_numpy(float))
    columns = {f"p_{name}": answers[f"p_{place}"].to_numpy(float) for place, name in enumerate(question.classes)}
    return question.tested.assign(**columns)


def score_answer(answer: dict[str, Any], target_name: str) -> dict[str, Any]:
    """`status` and, when AutoGluon has run, its `record` and its metrics on the common split as `same_split`."""
    if "predictions" not in answer:
        return {"status": answer["status"]}
    metrics = score_rows(answer["predictions"], TARGETS[target_name])
    return {"status": answer["status"], "record": answer["record"], "same_split": metrics}
