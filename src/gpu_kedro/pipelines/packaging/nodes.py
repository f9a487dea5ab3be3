"""Nodes of `packaging`."""

import hashlib
import json
from collections import Counter
from typing import Any

import pandas as pd

from gpu_kedro.domain.errors import GpuKedroError
from gpu_kedro.domain.features import FEATURE_NAMES, build_features
from gpu_kedro.domain.identify import KNOWN_FIELDS
from gpu_kedro.domain.observations.joining import DATE_COLUMNS, OBSERVED
from gpu_kedro.domain.specs.sheets import SPEC_COLUMNS
from gpu_kedro.modelling.bundle.files import Bundle, within
from gpu_kedro.modelling.bundle.importance import IMPORTANCE, measure_importance
from gpu_kedro.modelling.bundle.predictor import DEVICE_NAMES, ServedBundle, read_columns
from gpu_kedro.modelling.bundle.warnings import LEAST_SEEN
from gpu_kedro.modelling.explanations.typical_gpu import TYPICAL_GPU, TypicalGpu
from gpu_kedro.modelling.learners.embedding import NameEmbedding
from gpu_kedro.modelling.targets import TARGETS
from gpu_kedro.pipelines.data_processing.nodes import plain_values
from gpu_kedro.pipelines.inference.nodes import identify_queries
from gpu_kedro.pipelines.inference.pipeline import ANSWER_PIPELINE
from gpu_kedro.pipelines.inference.plan import Plan

#: Older cards than the benchmark's own hardware floor (DirectX 9 with unified shaders) are left out.
_FIRST_YEAR = 2006
_ROWS_AT_ONCE = 1000
_WEIGHED_GPUS = 150
#: Columns of answers that are the same for every GPU.
_SAID_ONCE = ("model_version", "price_usd_as_of", "price_usd_condition", "price_usd_basis")


def assemble_bundle(
    raw_gpus: pd.DataFrame,
    primary_gpus: pd.DataFrame,
    model_input: pd.DataFrame,
    gpu_specs: pd.DataFrame,
    device_names: dict[str, str],
    name_embedding: Bundle,
    segment: Bundle,
    *regression: Bundle,
) -> Bundle:
    """Put everything that inference needs into one bundle.

    Beside the models: the specification table, names by PCI id, the known GPUs with their measured values, and the
    range of each feature in training; and a typical GPU, which explanations compare with.
    """
    parts = {part.facts["target"]: part for part in (segment, *regression)}
    if set(parts) != set(TARGETS):
        raise GpuKedroError(f"parts of {sorted(parts)} given, {sorted(TARGETS)} needed; run `kedro run` to train all")
    for name, part in parts.items():
        if tuple(part.facts["features"]) != FEATURE_NAMES:
            raise GpuKedroError(
                f"the part of {name!r} was trained on other features; run `kedro run` to train it again"
            )
    files = dict(name_embedding.files)
    for name, part in sorted(parts.items()):
        files |= within(part.files, f"targets/{name}")
    files["specs.json"] = _columns_json(gpu_specs, list(SPEC_COLUMNS))
    files[DEVICE_NAMES] = json.dumps(device_names, sort_keys=True, separators=(",", ":")).encode()
    files["known_gpus.json"] = _columns_json(
        primary_gpus, ["gpu_id", "name", "segment", *KNOWN_FIELDS, "spec_name", *DATE_COLUMNS]
    )
    files["features.json"] = json.dumps(
        {
            "architectures": sorted(primary_gpus["spec_architecture"].dropna().unique()),
            "makers": _count_makers(primary_gpus),
            "names": FEATURE_NAMES,
            "ranges": _ranges(model_input),
        },
        indent=1,
        sort_keys=True,
    ).encode()
    vectors = NameEmbedding.from_files(dict(name_embedding.files)).transform(model_input["name_text"].tolist())
    files[TYPICAL_GPU] = TypicalGpu.of(model_input[list(FEATURE_NAMES)].to_numpy(float), vectors).to_file()
    return Bundle(
        files,
        {
            "kind": "bundle",
            "data_sha256": hash_table(raw_gpus),
            "features": FEATURE_NAMES,
            "folds_sha256": hash_folds(model_input),
            "metrics": {name: part.facts["metrics"] for name, part in parts.items()},
            "rows": len(primary_gpus),
        },
    )


def complete_bundle(bundle_core: Bundle, importance: dict[str, Any]) -> Bundle:
    """Add what the bundle itself answers: the catalogue, and what its answers rest on.

    The catalogue has every GPU of the table, and every specification since 2006 that is not in it. It is what
    searching, comparing and the frontier look through, so that they need no predictions of their own.
    """
    served = ServedBundle(bundle_core)
    listed = [(row["name"], "table") for row in served.known.rows]
    in_table = {row["spec_name"] for row in served.known.rows}
    listed += [
        (row["spec_name"], "specifications")
        for row in read_columns(bundle_core.files["specs.json"])
        if row["spec_name"] not in in_table and (row["release_year"] or 0) >= _FIRST_YEAR
    ]
    plan = Plan(ANSWER_PIPELINE, "prediction_columns")
    columns: dict[str, list[Any]] = {"origin": [origin for _, origin in listed]}
    for start in range(0, len(listed), _ROWS_AT_ONCE):
        queries = [{"name": name} for name, _ in listed[start : start + _ROWS_AT_ONCE]]
        for column, values in plan.run(queries=queries, served=served).items():
            if column not in _SAID_ONCE:
                columns.setdefault(column, []).extend(values)
    content = json.dumps(columns, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()
    weights = json.dumps(importance, indent=1).encode()
    return Bundle({**bundle_core.files, "catalogue.json": content, IMPORTANCE: weights}, bundle_core.facts)


def measure_input_importance(bundle_core: Bundle) -> dict[str, Any]:
    """What the answers rest on, measured on GPUs of the table, evenly spread, whose specification is known."""
    served = ServedBundle(bundle_core)
    known = [row["name"] for row in served.known.rows if row["spec_name"] is not None]
    count = min(_WEIGHED_GPUS, len(known))
    queries = [{"name": known[place * len(known) // count]} for place in range(count)]
    rows, _ = identify_queries(queries, served)
    return measure_importance(rows, build_features(rows), served)


def hash_table(raw_gpus: pd.DataFrame) -> str:
    """SHA-256 of the table as read, so that copies in other encodings or separators count as the same data."""
    content = raw_gpus.drop(columns="source_row").to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(content.encode()).hexdigest()


def hash_folds(model_input: pd.DataFrame) -> str:
    """SHA-256 of which GPU of the table is in which test fold: metrics are comparable where it is the same.

    GPUs that only observations know come and go, and leave the folds of all others as they are.
    """
    folds = model_input[~model_input["gpu_id"].str.endswith(OBSERVED)].sort_values("gpu_id")[["gpu_id", "fold"]]
    return hashlib.sha256(folds.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def _columns_json(table: pd.DataFrame, columns: list[str]) -> bytes:
    content = {column: plain_values(table[column]) for column in columns}
    return json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()


def _count_makers(primary_gpus: pd.DataFrame) -> list[list[str]]:
    """Maker and kind of device of which the table has enough GPUs to know them."""
    known = primary_gpus.dropna(subset=["vendor"])
    counts = Counter(zip(known["vendor"], known["kind"], strict=True))
    return sorted([vendor, kind] for (vendor, kind), rows in counts.items() if rows >= LEAST_SEEN)


def _ranges(model_input: pd.DataFrame) -> dict[str, list[float]]:
    values = model_input[list(FEATURE_NAMES)]
    return {
        name: [float(low), float(high)]
        for name, low, high in zip(FEATURE_NAMES, values.min(), values.max(), strict=True)
        if low == low
    }
