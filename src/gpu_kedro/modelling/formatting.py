"""How results read for people: titles of levels, models and strata, and the format of their numbers."""

import re
from math import exp, isfinite

LEVEL_TITLES: dict[str, str] = {
    "name": "name only",
    "specs": "name and specifications",
    "partly": "some figures known",
    "everything": "everything known",
}
MODEL_TITLES: dict[str, str] = {"ours": "model", "ridge": "ridge baseline", "dummy": "dummy baseline"}
SPLIT_TITLES: dict[str, str] = {"grouped": "grouped cross-validation", "temporal": "temporal split"}
STRATUM_TITLES: dict[str, str] = {
    "all": "all GPUs",
    "strict_match": "same model found",
    "strict_match_1000_points": "same model, ≥ 1,000 points",
    "other_match": "related model found",
    "no_match": "no specification",
    "below_50_points": "below 50 points",
    "dual_graphics": "dual graphics",
    "vgpu": "vGPU slice",
    "labelled_segment": "segment known",
    "segment_desktop": "Desktop",
    "segment_mobile": "Mobile",
    "segment_workstation": "Workstation",
    "vendor_nvidia": "NVIDIA",
    "vendor_amd": "AMD",
    "vendor_intel": "Intel",
    "era_to_2009": "to 2009",
    "era_2010_2014": "2010–2014",
    "era_2015_2018": "2015–2018",
    "era_from_2019": "from 2019",
}
UNKNOWN = "–"
_FIGURE = re.compile(r"–|(×/÷ )?−?\d[\d,.]*(e[+−]\d+)?( ± \d[\d,.]*)?( %( off| exact)?)?")


def level_title(level: str) -> str:
    """Words for a level of knowledge; one without a title of its own reads as its name."""
    return LEVEL_TITLES.get(level, level)


def stratum_title(stratum: str) -> str:
    """Words for a stratum; one without a title of its own reads as its name."""
    return STRATUM_TITLES.get(stratum, stratum.replace("_", " "))


def format_share(value: float | None, digits: int = 1) -> str:
    """A share as a percentage, `0.1454` → `14.5 %`."""
    return UNKNOWN if _is_missing(value) else f"{value:.{digits}%}".replace("%", " %").replace("-", "−")


def format_number(value: float | None, digits: int = 3) -> str:
    """A number with fixed digits, `0.93748` → `0.937`."""
    return UNKNOWN if _is_missing(value) else f"{value:,.{digits}f}".replace("-", "−")


def format_count(value: float | None) -> str:
    """A whole number with thousands separators, `2307.0` → `2,307`."""
    return format_number(value, 0)


def format_factor(width: float | None) -> str:
    """The full width of an interval in natural logs as a factor around the estimate, `0.813` → `×/÷ 1.50`."""
    return UNKNOWN if width is None or _is_missing(width) else f"×/÷ {exp(width / 2):.2f}"


def reads_as_figure(cell: str) -> bool:
    """Whether a table's cell is a number, a percentage, a factor or the sign for a missing one."""
    return _FIGURE.fullmatch(cell) is not None


def _is_missing(value: float | None) -> bool:
    return value is None or not isfinite(value)
