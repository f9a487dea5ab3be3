"""Settings of the models, read from `conf/*/parameters_*.yml`; a wrong one is refused before anything runs."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Options(BaseModel):
    """Base of all options: unknown keys are refused, values cannot change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _MemberOptions(Options):
    """What every member of a blend has."""

    weight: float = Field(default=1.0, ge=0, description="how much it counts; any scale")
    unsure_weight: float | None = Field(
        default=None, ge=0, description="where the specification may be another GPU's or is missing; else `weight`"
    )


class RidgeOptions(_MemberOptions):
    """Linear model with an L2 penalty (logistic regression for classes)."""

    kind: Literal["ridge"]
    alpha: float = Field(gt=0, description="strength of the penalty; 1/C for classes")


class GaussianProcessOptions(_MemberOptions):
    """Robust Gaussian process; counts only where a specification was found, if the level has one."""

    kind: Literal["gaussian_process"]
    beyond: float = Field(default=1.0, gt=0, le=1, description="share believed of what exceeds the highest answers")
    degrees_of_freedom: float = Field(default=4.0, gt=0, description="of the noise: fewer trust outliers less")
    directions: int = Field(default=100, gt=0, description="of the inputs that distances are measured along, at most")
    learning_rows: int = Field(gt=0, description="rows of the training part that the scales are learned from")
    steps: int = Field(gt=0, description="of the search for the scales, on a third of the rows and on all")


class _TreesOptions(_MemberOptions):
    """What members made of trees have."""

    stacked: bool = Field(default=False, description="also see the answer of the Gaussian process, listed before")


class ExtraTreesOptions(_TreesOptions):
    """Extremely randomised trees."""

    kind: Literal["extra_trees"]
    trees: int = Field(gt=0, le=2000)
    min_leaf: int = Field(gt=0)
    max_features: float = Field(gt=0, le=1)


class CatBoostOptions(_TreesOptions):
    """Gradient-boosted oblivious trees."""

    kind: Literal["catboost"]
    iterations: int = Field(gt=0, le=10_000)
    learning_rate: float = Field(gt=0, le=1)
    depth: int = Field(gt=0, le=8)
    l2: float = Field(default=3.0, ge=0)
    column_share: float = Field(default=0.3, gt=0, le=1, description="share of the inputs tried per split")


MemberOptions = Annotated[
    RidgeOptions | GaussianProcessOptions | ExtraTreesOptions | CatBoostOptions, Field(discriminator="kind")
]


def is_stacked(member: MemberOptions) -> bool:
    """Whether a member also sees what the Gaussian process says."""
    return isinstance(member, _TreesOptions) and member.stacked


def weigh_unsure(member: MemberOptions) -> float:
    """How much a member counts where the specification may be another GPU's, or is missing."""
    return member.weight if member.unsure_weight is None else member.unsure_weight


class ModelOptions(Options):
    """One blend: the weighted mean of its members' logs, or a pool of their probabilities with weights it learns."""

    embedding_dims: int = Field(ge=0, le=128, description="dimensions of the name embedding that enter the model")
    members: tuple[MemberOptions, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _counts(self) -> Self:
        if not any(member.weight for member in self.members) or not any(map(weigh_unsure, self.members)):
            raise ValueError("no member counts: give one of them a weight and an unsure_weight above 0")
        processes = 0
        for member in self.members:
            processes += member.kind == "gaussian_process"
            if is_stacked(member) and processes != 1:
                raise ValueError(f"{member.kind} is stacked: list one gaussian_process before it, and no other")
        return self


class IntervalOptions(Options):
    """Conformal intervals."""

    coverages: tuple[float, ...] = Field(min_length=1, description="each in (0, 1)")
    scale_iterations: int = Field(gt=0, description="boosting steps of the model of the size of the error")
    min_newer: int = Field(
        ge=10, description="later GPUs that the temporal split needs to widen intervals of newer ones"
    )
    min_stratum: int = Field(gt=0, description="residuals a stratum needs for a quantile of its own")


class LeakageOptions(Options):
    """The model that shows what leaking columns would pretend."""

    iterations: int = Field(gt=0, le=10_000, description="boosting steps")


class SplitOptions(Options):
    """Grouped cross-validation and the temporal split."""

    calibration_years: int = Field(
        ge=1, le=10, description="last years before the temporal split, predicted from before them for its intervals"
    )
    folds: int = Field(ge=2, le=20)
    last_training_year: int = Field(ge=2009, le=2021, description="temporal split: train up to this test year")
    seed: int = Field(ge=0)


class EmbeddingOptions(Options):
    """Character n-grams of the name, weighted by tf-idf and reduced by a truncated SVD."""

    dims: int = Field(gt=0, le=128)
    min_count: int = Field(gt=0, description="names an n-gram must occur in")
    ngram_max: int = Field(ge=2, le=6)


class AbstentionOptions(Options):
    """When the segment model says nothing rather than guess."""

    min_confidence: float = Field(ge=0, le=1, description="probability the likeliest combination needs")


class MonitoringOptions(Options):
    """When what is asked and answered has moved too far from the training data."""

    bins: int = Field(ge=3, le=100, description="quantile bins of the training values for the PSI")
    last_rows: int = Field(ge=1, description="newest predictions that are looked at")
    max_ks: float = Field(gt=0, le=1)
    max_out_of_range_share: float = Field(ge=0, le=1)
    max_psi: float = Field(gt=0)
    max_unmatched_share: float = Field(ge=0, le=1)
    min_rows: int = Field(ge=10, description="known values that a comparison needs")


class StudyOptions(Options):
    """What the recipe is compared on, and how large the models are that it is compared with."""

    boosting_iterations: int = Field(gt=0, description="of CatBoost, otherwise at its defaults")
    forest_trees: int = Field(gt=0, description="of the random forest, otherwise at its defaults")
    last_release_year: int = Field(
        ge=2009, le=2021, description="second temporal split: train on GPUs released up to then, test on later ones"
    )
    seeds: tuple[int, ...] = Field(min_length=1, description="each shuffles the grouped folds and seeds the models")


class AutogluonOptions(Options):
    """How AutoGluon is asked; it lives in an environment of its own."""

    bag_folds: int = Field(ge=2, le=20, description="chip groups are kept together in its own folds as well")
    cores: int = Field(gt=0)
    environment: str = Field(description="virtual environment that AutoGluon is installed in")
    folder: str = Field(description="where questions and answers are kept")
    inputs: tuple[Literal["features", "raw"], ...] = Field(min_length=1)
    memory_gib: float = Field(gt=0)
    minutes_per_target: float = Field(gt=0)
    presets: str
    script: str = Field(description="answers a question")


class TuningOptions(Options):
    """What is searched for in each outer fold, and how long."""

    degrees_of_freedom: tuple[float, ...] = Field(min_length=1, description="of the Gaussian process's noise")
    inner_folds: int = Field(ge=2, le=10, description="grouped folds of an outer fold's training part")
    max_features: tuple[float, float] = Field(description="least and greatest share of inputs a tree's split tries")
    min_leaf: tuple[int, int] = Field(description="least and greatest number of GPUs in a tree's leaf")
    process_weight: tuple[float, float] = Field(description="least and greatest weight of the Gaussian process")
    trials: int = Field(gt=0, description="of each outer fold")
