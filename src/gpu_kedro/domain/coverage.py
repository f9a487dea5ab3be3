"""What no honest figure can be given for: names of no GPU, and GPUs of which the table holds none or too few."""

from typing import Literal, NamedTuple

from gpu_kedro.domain.names.parser import ParsedName

RefusalCode = Literal["not_a_gpu", "not_covered", "too_little_known"]

#: Makers of which the table has none or too few, as the answer names them.
NOT_COVERED: dict[str, str] = {
    "apple": "Apple",
    "arm": "Arm (Mali)",
    "imagination": "Imagination (PowerVR)",
    "qualcomm": "Qualcomm (Adreno)",
}


class Refusal(NamedTuple):
    """Why a name gets no figures.

    Args:
        code: `not_a_gpu`: the text names no graphics chip; `not_covered`: one of which the table knows none or too
            few; `too_little_known`: one of which too little is known (decided by the width of the interval).
        detail: a sentence for people: what the text was taken for, and what to do.
        did_you_mean: names that may have been meant, best first; empty where nothing is near.
    """

    code: RefusalCode
    detail: str
    did_you_mean: tuple[str, ...] = ()


def find_refusal(parsed: ParsedName) -> Refusal | None:
    """Say why a name cannot be answered for; None where it can. A GPU that the table has measured is never asked."""
    if not parsed.canonical:
        return Refusal("not_a_gpu", "The name is empty; give the name of a GPU.")
    if parsed.kind == "virtual":
        return Refusal(
            "not_a_gpu", "This is a driver or a virtual display adapter, not a GPU; name the card behind it."
        )
    maker = NOT_COVERED.get(parsed.vendor or "")
    if maker is not None:
        return Refusal(
            "not_covered", f"GPUs of {maker} are not covered: the benchmark table has none or too few of them."
        )
    return None
