"""What the service tells of its model, of itself and of errors."""

from gpu_kedro.contracts.v1.fields import Answer, described
from gpu_kedro.contracts.v1.observations import MarketSummary


class Bin(Answer):
    """Answers of about the same probability, and how many of them came true."""

    middle: float = described("middle of the bin, which is a tenth wide", 0.95)
    rows: float = described("answers in the bin", 120)
    probability: float = described("mean probability", 0.97)
    share: float = described("share that came true", 0.96)
    lower: float = described("lower end of its 95 % interval", 0.91)
    upper: float = described("upper end of its 95 % interval", 0.98)


class Weight(Answer):
    """How much the answers to one question rest on one input."""

    input: str = described("group of fields that are known together, for programs", "memory")
    title: str = described("words for it", "memory and cache")
    weight: float = described(
        "typical factor by which it moves a figure up or down; of the segment, typical percentage points", 1.23
    )


class TargetCard(Answer):
    """How good the answers to one question are, on GPUs that the model had not seen."""

    unit: str = described("unit of the answer", "points")
    metrics: dict[str, dict[str, dict[str, float | None]]] = described(
        "split → inputs given → metric → value", {"grouped": {"name": {"r2_log": 0.91, "rows": 2307}}}
    )
    strata: dict[str, dict[str, dict[str, dict[str, float | None]]]] = described(
        "split → inputs given → stratum of GPUs → metric → value",
        {"grouped": {"name": {"vendor_amd": {"r2_log": 0.91, "rows": 800}}}},
    )
    reliability: dict[str, dict[str, dict[str, list[Bin]]]] = described(
        "of the segment: split → inputs given → segment → bins of probabilities; empty for figures and older bundles",
        {"grouped": {"name": {"Mobile": [{"middle": 0.95, "rows": 120, "probability": 0.97, "share": 0.96}]}}},
    )
    importance: list[Weight] = described(
        "what the answers rest on where name and sheet are known, the weightiest first; empty for older bundles",
        [{"input": "memory", "title": "memory and cache", "weight": 1.23}],
    )
    interval_coverage: dict[str, dict[str, float]] = described(
        "share of GPUs inside the 80 % and the 90 % interval, per stratum", {"all": {"80": 0.801, "90": 0.899}}
    )
    input_ranges: dict[str, list[float]] = described(
        "smallest and largest value of each input in training; outside, the answer carries a warning",
        {"tdp_w": [10, 450]},
    )


class ModelCard(Answer):
    """What is being served, and how good it is."""

    model_version: str = described("version of the bundle", "20261123T191426Z-bed6eb00a7bd")
    trained_at: str | None = described("when it was trained, ISO 8601 in UTC", "2026-11-23T19:14:26+00:00")
    data_sha256: str | None = described("SHA-256 of the training table", "19e71b3627fc")
    git_commit: str | None = described("commit of the code that trained it", "85e1bcc")
    rows: int | None = described("GPUs in the training table", 2307)
    market: MarketSummary | None = described(
        "what prices are of where a request brings no market; null where they are those of the table",
        {"as_of": "2026-03", "condition": "used"},
    )
    libraries: dict[str, str] = described("versions of the libraries it was trained with", {"catboost": "1.2.10"})
    targets: dict[str, TargetCard] = described("one entry for each question", {"g3d_mark": {"unit": "points"}})


class Health(Answer):
    """The state of the service."""

    status: str = described("`live` or `ready`", "ready")


class Readiness(Health):
    """The state of the service and of its models."""

    model_version: str = described("version of the bundle in service", "20261123T191426Z-bed6eb00a7bd")


class FieldProblem(Answer):
    """One field that cannot be taken; its value is not repeated."""

    loc: list[str | int] = described("where the field is", ["body", "tdp_w"])
    msg: str = described("what is wrong with it", "Input should be greater than 0")


class Problem(Answer):
    """An error, as RFC 9457 has it; the lists are there where they hold something."""

    type: str = described("kind of problem, for programs", "urn:gpu_kedro:problem:invalid-request")
    title: str = described("the status in words", "Unprocessable Content")
    status: int = described("HTTP status", 422)
    detail: str = described("what happened and what to do", "1 field cannot be taken")
    errors: list[FieldProblem] = described(
        "with 422: what is wrong, field by field", [{"loc": ["body", "tdp_w"], "msg": "must be above 0"}], []
    )
    did_you_mean: list[str] = described("with 404: known names that come close", ["GeForce RTX 3070"], [])
    missing: list[str] = described("with 503 of readiness: what is missing", ["bundle: none was trained"], [])
