"""Answers about the GPUs that are known: lists of them, and the card of one."""

from typing import Literal

from gpu_kedro.contracts.v1.fields import Answer, Ends, Source, described
from gpu_kedro.contracts.v1.observations import InMarket
from gpu_kedro.contracts.v1.predictions import Prediction


class KnownGpu(Answer):
    """One GPU of the table or of the specifications, each figure by the ladder of knowledge, null without any."""

    name: str = described("its name", "GeForce RTX 3070")
    origin: Literal["table", "specifications"] = described("where it is known from", "table")
    segment: str = described("market segments, separated by a comma; empty where none can be given", "Desktop")
    segment_source: Source = described("where `segment` comes from", "measured")
    g3d_mark: float | None = described("PassMark G3D Mark in points", 22093)
    g3d_mark_source: Source = described("where `g3d_mark` comes from", "measured")
    price_usd: float | None = described("price of 2022 in US dollars", 670)
    price_usd_source: Source = described("where `price_usd` comes from", "measured")
    tdp_w: float | None = described("thermal design power in watts", 220)
    tdp_w_source: Source = described("where `tdp_w` comes from", "measured")


_GPU = {"name": "GeForce RTX 3070", "segment": "Desktop", "g3d_mark": 22093, "price_usd": 670, "tdp_w": 220}


class ComparableGpu(KnownGpu):
    """A GPU like another."""

    distance: float = described("how far apart, in logarithms of performance, power and price; 0 is the same", 0.035)


class GpuList(Answer):
    """A page of the known GPUs."""

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    total: int = described("how many were found", 3)
    limit: int = described("how many a page holds", 20)
    offset: int = described("how many were passed over", 0)
    gpus: list[KnownGpu] = described("the GPUs of this page, best match first; without words the fastest first", [_GPU])


class Measured(Answer):
    """What the table has of a GPU; null where it has nothing."""

    name: str = described("its name in the table", "GeForce RTX 3070")
    segment: str | None = described("market segments, separated by a comma", "Desktop")
    g3d_mark: float | None = described("PassMark G3D Mark in points", 22093)
    g2d_mark: float | None = described("PassMark G2D Mark in points", 970)
    price_usd: float | None = described("price of 2022 in US dollars", 670)
    tdp_w: float | None = described("thermal design power in watts", 220)
    test_year: float | None = described("year of the benchmark", 2020)


class Standing(Answer):
    """Where a GPU stands among all that were benchmarked."""

    percentile: float = described("share of benchmarked GPUs that are slower, 0 to 100", 97.4)
    percentile_80: Ends | None = described(
        "the same at both ends of the 80 % interval; null where the mark is known", [96.1, 98.3]
    )
    of: int = described("how many GPUs were benchmarked", 2311)
    landmarks: list[KnownGpu] = described("well-known cards around it, the slowest first", [_GPU])


class GpuCard(Answer):
    """Everything about one known GPU."""

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    name: str = described("its name in the table, else in the specifications", "GeForce RTX 3070")
    prediction: Prediction = described("what is predicted of it", {"name": "GeForce RTX 3070"})
    specs: dict[str, str | float | None] = described(
        "its specification sheet, in the fields of a query's `specs`; empty without one", {"shading_units": 5888}
    )
    field_sources: dict[str, str] = described(
        "for each of `specs`, whether the sheet has it (`spec`) or it was worked out (`derived`)",
        {"shading_units": "spec"},
    )
    measured: Measured | None = described("its row of the table, null without one", {"name": "GeForce RTX 3070"})
    standing: Standing | None = described(
        "where it stands among all; null where nothing is said of its mark", {"percentile": 97.4, "of": 2311}
    )
    sibling: KnownGpu | None = described("the laptop GPU of a desktop card, or the desktop card of a laptop's", _GPU)
    successor: KnownGpu | None = described("the next released GPU of the same line, tier and form", _GPU)
    comparable: list[ComparableGpu] = described("GPUs like it, the most alike first", [_GPU])


class AnyGpuCard(GpuCard, InMarket):
    """Everything about one GPU, known or not."""

    name: str | None = described(  # type: ignore[assignment]
        "its name in the table, else in the specifications; null where neither knows it", "GeForce RTX 3070"
    )
