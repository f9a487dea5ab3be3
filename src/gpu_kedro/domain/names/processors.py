"""Read an APU that is named by its processor: `Ryzen 7 4800HS with Radeon Graphics`, `Radeon R5 A10-9600P 4C+6G`."""

import re
from collections.abc import Sequence

from gpu_kedro.domain.names.parsed_name import ParsedName
from gpu_kedro.domain.names.vocabulary import DESKTOP_B_PROCESSORS

_DIGITS = re.compile(r"\d+")
_RYZEN = re.compile(
    r"\bryzen (?:embedded (v\d{4}[a-z]?)|ai (?:max plus |max |z2 )?(?:\d )?(?:hx )?(?:pro )?(\d{3})|"
    r"(\d) (pro )?(\d{4}[a-z]{0,3}|microsoft surface edition|extreme edition)|(z[12](?: extreme| go)?))(?: (mobile))?"
)
#: Processors of handhelds, called by two characters ("ROG Ally Z1 Extreme").
_HANDHELD = re.compile(r"^(?=.*\b(?:ally|legion|extreme|handheld|claw|go)\b).*\b(z[12](?: extreme| go| a)?)\b")
_MOBILE_RYZEN = re.compile(r"(?:u|h|hs|hss|hx|edition)$")
_A_SERIES = re.compile(r"\b(?:(a\d{1,2}|fx|e[12]|opteron|athlon) (?:pro |micro )?(x?\d{4}[a-z]{0,2})|(x3\d{3}))\b")
_COMPUTE_CORES = re.compile(r"\b(\d{1,2})c(\d{1,2})g\b")


def parse_processor(canonical: str, words: Sequence[str]) -> ParsedName | None:
    """Read an APU named by its processor: `Ryzen 7 4800HS with Radeon Graphics`, `Radeon R5 A10-9600P 4C+6G`."""
    handheld = _HANDHELD.search(canonical) if "z1" in words or "z2" in words else None
    if handheld is not None and "ryzen" not in words:
        model = handheld[1]
        cpu_model, is_mobile, series = f"ryzen {model}", True, "ryzen apu"
    elif "ryzen" in words:
        ryzen = _RYZEN.search(canonical)
        if ryzen is None:
            return None
        model = ryzen[1] or ryzen[2] or ryzen[5] or ryzen[6]
        tier = f"{ryzen[3]} " if ryzen[3] else "embedded " if ryzen[1] else "ai " if ryzen[2] else ""
        cpu_model = f"ryzen {tier}{ryzen[4] or ''}{model}"
        is_mobile = bool(ryzen[7] or ryzen[2] or ryzen[6]) or _MOBILE_RYZEN.search(model) is not None
        series = "ryzen apu"
    elif "radeon" in words or "carrizo" in words or words[:1] in (["a4"], ["a6"], ["a8"], ["a10"], ["a12"]):
        named = _A_SERIES.search(canonical)
        if named is None:
            return None
        model = named[2] or named[3]
        cpu_model = f"{named[1] or 'opteron'}-{model}"
        is_mobile = model[-1] in ("p", "m", "t") or (model[-1] == "b" and model not in DESKTOP_B_PROCESSORS)
        series = next((f"radeon {word}" for word in words if word in ("r2", "r3", "r4", "r5", "r6", "r7")), "radeon")
    else:
        return None
    digits, compute = _DIGITS.search(model), _COMPUTE_CORES.search(canonical)
    return ParsedName(
        canonical,
        vendor="amd",
        series=series,
        model=model,
        model_token=model,
        number=int(digits[0]) if digits else None,
        generation=(int(digits[0]) // 1000 or None) if digits else None,
        is_mobile=is_mobile,
        kind="apu",
        compute_cores=int(compute[2]) if compute else None,
        cpu_model=cpu_model,
        chip_group=f"apu {digits[0]}" if digits else f"apu {model}",
    )
