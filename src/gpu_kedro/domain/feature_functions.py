"""How single features are computed: each function takes a GPU's row, or fields of it, and gives NaN for "not known"."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import log, nan
from typing import Any

Row = Mapping[str, Any]


def number(field: str) -> Callable[[Row], float]:
    """The field as it is."""
    return lambda row: nan if row[field] is None else float(row[field])


def _log(value: float | None) -> float:
    return nan if value is None or value <= 0 else log(value)


def log_of(field: str) -> Callable[[Row], float]:
    """Natural logarithm of the field."""
    return lambda row: _log(row[field])


def log_ratio(above: str, below: str) -> Callable[[Row], float]:
    """Natural logarithm of the ratio of two fields."""
    # the ratio itself could underflow to zero
    return lambda row: _log(row[above]) - _log(row[below])


def is_one_of(field: str, *values: str) -> Callable[[Row], float]:
    """1 where the field is one of the values."""
    allowed = frozenset(values)
    return lambda row: float(row[field] in allowed)


def flag(field: str) -> Callable[[Row], float]:
    """1 where the field is true."""
    return lambda row: 1.0 if row[field] else 0.0


@lru_cache(maxsize=4096)
def _words(text: str | None) -> frozenset[str]:
    return frozenset((text or "").split())


def has_word(field: str, *words: str) -> Callable[[Row], float]:
    """1 where the field's text has one of the words."""
    wanted = frozenset(words)
    return lambda row: float(not wanted.isdisjoint(_words(row[field])))


def text_has(field: str, *parts: str) -> Callable[[Row], float]:
    """1 where the field's text contains one of the parts, whatever its case."""

    @lru_cache(maxsize=1024)
    def look(text: str | None) -> float:
        if text is None:
            return nan
        folded = text.lower()
        return float(any(part in folded for part in parts))

    return lambda row: look(row[field])


#: Shaders that can issue two FP32 operations a clock reach about 2**-0.55 of the doubled figure in games.
#: Source: fitted on the Ampere and RDNA 3 cards of the benchmark table in the project's study.
DUAL_ISSUE_DISCOUNT = 2**-0.55
_DUAL_ISSUE = ("ampere", "ada lovelace", "blackwell", "rdna 3", "rdna 4")


def fp32_gflops(row: Row) -> float | None:
    """Single-precision GFLOP/s: the sheet's figure, else two operations per shader and clock."""
    reported = row["spec_fp32_gflops"]
    if reported is not None:
        return float(reported)
    shaders, clock = row["spec_shading_units"], row["spec_boost_clock_mhz"]
    return None if shaders is None or clock is None else 2 * shaders * clock / 1000


def effective_fp32_gflops(row: Row) -> float | None:
    """FP32 GFLOP/s with the second issue slot of dual-issue architectures counted at its worth in games."""
    gflops = fp32_gflops(row)
    if gflops is not None and _issues_twice(row["spec_architecture"]):
        return gflops * DUAL_ISSUE_DISCOUNT
    return gflops


@lru_cache(maxsize=1024)
def _issues_twice(architecture: str | None) -> bool:
    return (architecture or "").lower().startswith(_DUAL_ISSUE)


def log_effective_fp32(row: Row) -> float:
    """Logarithm of `effective_fp32_gflops`."""
    return _log(effective_fp32_gflops(row))


def log_fp32_per(field: str) -> Callable[[Row], float]:
    """Logarithm of `effective_fp32_gflops` per unit of the field."""
    return lambda row: log_effective_fp32(row) - _log(row[field])


#: Rank of a memory technology by the order in which the industry moved to it (the unit is "generations").
_MEMORY_RANK = {
    "SDR": 0, "SGR": 0, "SGRAM": 0, "EDO": 0, "DRAM": 0, "DDR": 1, "DDR2": 2, "GDDR2": 2, "DDR3": 3, "GDDR3": 3,
    "LPDDR3": 3, "DDR3L": 3, "GDDR4": 4, "DDR4": 4, "LPDDR4": 4, "LPDDR4X": 4, "GDDR5": 5, "LPDDR5": 5, "LPDDR5X": 5,
    "GDDR5X": 5.5, "HBM": 5.5, "HBM2": 6, "HBM2e": 6, "GDDR6": 6, "GDDR6X": 6.5, "GDDR7": 7, "HBM3": 7, "HBM3e": 7,
}  # fmt: skip


def memory_rank(row: Row) -> float:
    """Place of the memory technology in the order of its generations."""
    return _MEMORY_RANK.get(row["spec_memory_type"], nan)


def pcie_generation(row: Row) -> float:
    """PCIe version of the bus interface."""
    interface = row["spec_bus_interface"] or ""
    return float(interface[5:8]) if interface.startswith("PCIe ") and interface[5:8].replace(".", "").isdigit() else nan


def pcie_lanes(row: Row) -> float:
    """Lanes of the bus interface."""
    _, _, lanes = (row["spec_bus_interface"] or "").rpartition(" x")
    return float(lanes) if lanes.isdigit() else nan


def years_since_release(row: Row) -> float:
    """Years from release to test."""
    tested, released = row["test_year"], row["spec_release_year"]
    return nan if tested is None or released is None else float(tested - released)
