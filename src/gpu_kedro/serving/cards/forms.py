"""As what a GPU is sold: a card, a laptop's chip, an accelerator, or nothing that one can buy by itself."""

from collections.abc import Mapping
from typing import Any

from gpu_kedro.contracts.v1.fields import Form
from gpu_kedro.domain.names.parser import ParsedName
from gpu_kedro.serving.runtime import Runtime

#: Lines that compute, mine or stream, and drive no monitor.
_ACCELERATORS = frozenset(
    {"tesla", "grid", "radeon instinct", "firestream", "radeon pro v", "cmp", "nvidia mining", "jetson"}
)


def find_form(parsed: ParsedName, specs: Mapping[str, Any], segment: str) -> Form:
    """The form of a GPU.

    Args:
        segment: its labels, separated by a comma.
    """
    slot = str(specs.get("slot_width") or "")
    if parsed.kind in ("integrated", "apu"):
        return "integrated"
    if parsed.kind not in ("discrete", "combined"):
        return "other"
    if parsed.series in _ACCELERATORS or slot.startswith(("SXM", "OAM")):
        return "accelerator"
    if parsed.is_mobile or "Mobile" in segment or slot.startswith("MXM"):
        return "laptop"
    if slot == "IGP":  # soldered to a board, as in an iMac
        return "other"
    return "workstation" if parsed.is_workstation or "Workstation" in segment else "desktop"


def list_forms(runtime: Runtime) -> list[Form]:
    """The form of each GPU of the catalogue."""
    return [
        find_form(parsed, match.specs, segment)
        for (parsed, match), segment in zip(runtime.identities, runtime.catalogue.segments, strict=True)
    ]
