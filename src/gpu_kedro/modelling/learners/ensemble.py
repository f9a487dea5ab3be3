"""An expert: a blend of several models that are fitted on the same inputs, for one target at one level of knowledge.

Each level has its own expert, so a missing value (a price of a card that was never sold) never becomes a signal.
Regression answers in natural logarithms.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.modelling.learners.blending import Blend, Modes, find_newest_year
from gpu_kedro.modelling.learners.gaussian_process import GaussianProcess, fit_gaussian_process
from gpu_kedro.modelling.learners.input_kinds import EMBEDDING, GAP, name_kind
from gpu_kedro.modelling.learners.preparation import Matrix, Preparation
from gpu_kedro.modelling.options import (
    CatBoostOptions,
    ExtraTreesOptions,
    GaussianProcessOptions,
    MemberOptions,
    ModelOptions,
    RidgeOptions,
    is_stacked,
)

_IS_STRICT, _MATCH_CONFIDENCE, _RELEASE_YEAR = (
    FEATURE_NAMES.index(name) for name in ("is_strict_match", "match_confidence", "release_year")
)
#: Scores of strictly matched GPUs scatter half as much from this year of release on.
_RECENT_YEAR = 2011


@dataclass(frozen=True)
class Expert:
    """A blend for one target at one level of knowledge, as it was fitted or as a bundle holds it.

    Args:
        preparation: makes the inputs dense.
        members: fitted scikit-learn or CatBoost estimators, or what they were exported to.
        kinds: `kind` of each member.
        stacked: which members also see the answer of the Gaussian process before them.
        member_classes: for each member the positions in `classes` that it answers for, None for regression.
        blend: how much each member counts.
        classes: class names of a classifier, None for regression.
    """

    preparation: Preparation
    members: Sequence[Any]
    kinds: Sequence[str]
    stacked: Sequence[bool]
    member_classes: Sequence[list[int] | None]
    blend: Blend
    classes: tuple[str, ...] | None

    def predict_members(self, values: Matrix, embeddings: Matrix) -> Matrix:
        """Answers of each member: (members, n) logs for regression, (members, n, classes) probabilities."""
        inputs = self.preparation.transform(values, embeddings)
        if self.classes is None:
            return self._predict_logs(inputs)
        answers = np.zeros((len(self.members), len(inputs), len(self.classes)))
        for position, (member, places) in enumerate(zip(self.members, self.member_classes, strict=True)):
            predict = getattr(member, "predict_proba", member.predict)
            # a class that the training rows lack has no column of its own
            answers[position][:, places] = predict(inputs)
        return answers

    def _predict_logs(self, inputs: NDArray[np.float32]) -> Matrix:
        logs = np.empty((len(self.members), len(inputs)))
        seen = inputs
        for position, (member, stacked) in enumerate(zip(self.members, self.stacked, strict=True)):
            logs[position] = np.ravel(member.predict(seen if stacked else inputs))
            if isinstance(member, GaussianProcess):
                seen = append_process_answers(inputs, logs[position])
        return logs

    def predict(self, values: Matrix, embeddings: Matrix, modes: Modes | None = None) -> Matrix:
        """The blend: (n,) logs, or (n, classes) probabilities; `modes` other than the GPUs' own on request."""
        members = self.predict_members(values, embeddings)
        if self.classes is not None:
            probabilities: Matrix = (self.blend.weights[0][:, None, None] * members).sum(axis=0)
            return probabilities
        return self.blend.mix(members, self.blend.find_modes(values) if modes is None else modes)


def append_process_answers(inputs: NDArray[np.float32], answers: Matrix) -> NDArray[np.float32]:
    """Inputs of stacked members, (n, inputs + 1): the inputs, then the answers of the Gaussian process.

    Source: Wolpert (1992), Stacked generalization.
    """
    seen = np.empty((len(inputs), inputs.shape[1] + 1), dtype=np.float32)
    seen[:, :-1] = inputs
    seen[:, -1] = answers
    return seen


def fit_expert(
    values: Matrix,
    embeddings: Matrix,
    answers: NDArray[Any],
    groups: NDArray[Any],
    columns: list[int],
    options: ModelOptions,
    seed: int,
    classes: tuple[str, ...] | None = None,
) -> Expert:
    """Fit every member of a blend on the same dense inputs.

    Stacked members learn from what the Gaussian process says of each training row without the row's chip group, as it
    will speak of GPUs that it has not seen.

    Args:
        values: (n, all features), NaN where missing.
        embeddings: (n, dims) name embeddings.
        answers: (n,) natural logs of the target, or class positions in `classes`.
        groups: (n,) chip groups.
        columns: positions of the allowed features.
    """
    if classes is not None and any(
        member.weight != 1 or member.unsure_weight is not None for member in options.members
    ):
        raise ValueError("weights are for regression: held-out GPUs choose those of the members of a blend of classes")
    preparation = Preparation.fit(values, embeddings, columns, options.embedding_dims)
    inputs = preparation.transform(values, embeddings)
    has_sheets = _MATCH_CONFIDENCE in columns
    kinds = [name_kind(FEATURE_NAMES[column]) for column in preparation.columns]
    kinds += [EMBEDDING] * preparation.embedding_dims + [GAP] * preparation.flagged.size
    trust = _rate_trust(values) if has_sheets else np.zeros(len(values), dtype=np.int64)
    members = _fit_members(options.members, inputs, answers, kinds, trust, groups, seed, classes is not None)
    newest_year = find_newest_year(values) if has_sheets and classes is None else np.inf
    return Expert(
        preparation=preparation,
        members=members,
        kinds=[member.kind for member in options.members],
        stacked=[is_stacked(member) for member in options.members],
        member_classes=[
            None if classes is None else [int(place) for place in np.ravel(member.classes_)] for member in members
        ],
        blend=Blend.of(options.members, has_sheets=has_sheets, newest_year=newest_year),
        classes=classes,
    )


def _rate_trust(values: Matrix) -> NDArray[np.int64]:
    """0 strict match of a recent GPU, 1 strict match of an older one, 2 other match, 3 none: the noise differs."""
    is_strict, is_recent = values[:, _IS_STRICT] > 0, values[:, _RELEASE_YEAR] >= _RECENT_YEAR
    is_matched = values[:, _MATCH_CONFIDENCE] > 0
    return np.select([is_strict & is_recent, is_strict, is_matched], [0, 1, 2], default=3)


def _fit_members(
    options: Sequence[MemberOptions],
    inputs: NDArray[np.float32],
    answers: NDArray[Any],
    kinds: list[str],
    trust: NDArray[np.int64],
    groups: NDArray[Any],
    seed: int,
    is_classifier: bool,
) -> list[Any]:
    members: list[Any] = []
    seen = inputs
    for member in options:
        if isinstance(member, GaussianProcessOptions):
            if is_classifier:
                raise ValueError("gaussian_process is a regressor: give classes ridge, extra_trees or catboost")
            process, answers_without_group = fit_gaussian_process(inputs, answers, kinds, trust, groups, member, seed)
            seen = append_process_answers(inputs, answers_without_group)
            members.append(process)
            continue
        estimator = _build_estimator(member, seed, is_classifier)
        with warnings.catch_warnings():
            # scikit-learn warns when logistic regression stops at max_iter; the penalty keeps the answer stable
            warnings.filterwarnings("ignore", message=".*failed to converge.*")
            members.append(estimator.fit(seen if is_stacked(member) else inputs, answers))
    return members


def _build_estimator(
    options: RidgeOptions | ExtraTreesOptions | CatBoostOptions, seed: int, is_classifier: bool
) -> Any:
    from catboost import CatBoostClassifier, CatBoostRegressor
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    match options:
        case RidgeOptions():
            if is_classifier:
                return LogisticRegression(C=1 / options.alpha, max_iter=1000)
            return Ridge(alpha=options.alpha)
        case ExtraTreesOptions():
            forest = ExtraTreesClassifier if is_classifier else ExtraTreesRegressor
            return forest(
                n_estimators=options.trees,
                min_samples_leaf=options.min_leaf,
                max_features=options.max_features,
                random_state=seed,
                n_jobs=1,
            )
        case CatBoostOptions():
            settings = {
                "iterations": options.iterations,
                "learning_rate": options.learning_rate,
                "depth": options.depth,
                "l2_leaf_reg": options.l2,
                "rsm": options.column_share,
                "random_seed": seed,
                "thread_count": 1,
                "verbose": False,
                "allow_writing_files": False,
            }
            if is_classifier:
                return CatBoostClassifier(loss_function="MultiClass", **settings)
            return CatBoostRegressor(**settings)
