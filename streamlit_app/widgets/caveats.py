"""What to keep in mind of an answer: one line for everybody, the details folded below it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from streamlit_app.widgets.wording import escape_html, start_sentence

#: What matters most stands first: (codes, the line for everybody).
_HEADLINES: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"uncertain_match"}), "The name may mean another card: check what it was taken for."),
    (frozenset({"no_specification"}), "No sheet is known under this name: all is read off the name alone."),
    (frozenset({"contradiction", "doubt_value", "doubt_prediction"}), "What is known of it does not fit together."),
    (frozenset({"outlier_listing"}), "The observed price is no market price."),
    (frozenset({"extrapolation"}), "Newer than anything the models have seen: trust the wide band."),
    (frozenset({"saturation"}), "Faster than anything the models have seen: trust the wide band."),
    (
        frozenset({"unseen_architecture", "unseen_maker", "out_of_range"}),
        "Unlike the cards that the models learned from: trust the wide band.",
    ),
    (frozenset({"estimated_sheet"}), "Your sheet leaves fields out, which were taken from similar cards."),
    (frozenset({"shared_memory", "laptop_power_limit"}), "How fast it is depends on the computer around it."),
    (frozenset({"disputed_segment"}), "Table and maker disagree on its segment."),
)
_FIELD_WORDS = {
    "g3d_mark": "the 3D mark",
    "g2d_mark": "the 2D mark",
    "price_usd": "the price",
    "tdp_w": "the power (TDP)",
    "test_year": "the year of the test",
    "release_year": "the year of release",
    "process_nm": "the manufacturing process (nm)",
    "transistor_count_m": "the number of transistors (millions)",
    "boost_clock_mhz": "the boost clock (MHz)",
    "shading_units": "the number of shaders",
    "tmus": "the number of texture units",
    "rops": "the number of render outputs",
    "l2_cache_mb": "the level-2 cache (MB)",
    "memory_size_gb": "the memory size (GB)",
    "memory_bus_bits": "the memory bus (bits)",
    "memory_bandwidth_gb_s": "the memory bandwidth (GB/s)",
    "fp32_gflops": "the arithmetic speed (GFLOP/s)",
}


def draw_caveats(warnings: Sequence[Mapping[str, Any]]) -> str:
    """The most important warning as one line that opens to show all of them; nothing without any."""
    if not warnings:
        return ""
    details = "".join(f"<li>{escape_html(sentence)}</li>" for sentence in list_caveats(warnings))
    return (
        '<details class="gk gk-caveats"><summary><span aria-hidden="true">⚠</span> '
        f"{escape_html(write_headline(warnings))}</summary><ul>{details}</ul></details>"
    )


def write_headline(warnings: Sequence[Mapping[str, Any]]) -> str:
    """What matters most of some warnings, as one sentence."""
    codes = {warning["code"] for warning in warnings}
    for named, headline in _HEADLINES:
        if named & codes:
            return headline
    return explain_warning(warnings[0])


def list_caveats(warnings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each warning as a sentence, once; fields outside of the training range share one."""
    outside = [warning for warning in warnings if warning["code"] == "out_of_range"]
    others = [warning for warning in warnings if warning["code"] != "out_of_range"]
    told = list(dict.fromkeys(map(explain_warning, others)))
    if len(outside) < 2:
        return [*told, *map(explain_warning, outside)]
    fields = ", ".join(f"{_name_field(warning)} ({_read_limits(warning)})" for warning in outside)
    return [*told, f"Outside what the models learned from: {fields}."]


def _name_field(warning: Mapping[str, Any]) -> str:
    field = str(warning.get("field") or "")
    return _FIELD_WORDS.get(field, field.replace("_", " ")).removeprefix("the ")


def _read_limits(warning: Mapping[str, Any]) -> str:
    return str(warning["detail"]).removeprefix("outside the training range ").strip("()")


def explain_warning(warning: Mapping[str, Any]) -> str:
    """A warning of an answer as a plain sentence."""
    field, detail = str(warning.get("field") or ""), str(warning["detail"])
    words = _FIELD_WORDS.get(field, field.replace("_", " "))
    match warning["code"]:
        case "no_specification":
            return "No specification sheet is known under this name, so everything is read off the name alone."
        case "uncertain_match":
            return f"The name was {detail}: check that this is the card you mean."
        case "estimated_sheet":
            return (
                f"Your sheet leaves some fields out; these were taken from similar cards: {detail.split(': ', 1)[-1]}."
            )
        case "unseen_architecture":
            architecture = detail.removeprefix("no GPU of the architecture ").removesuffix(" is in the training table")
            return f"Nobody had benchmarked a card of the {architecture} architecture when the models were trained."
        case "unseen_maker":
            kind = re.sub(r"^fewer than \d+ | are in .*$", "", detail)
            return f"The models have hardly seen {kind}: they judge it by what others make."
        case "shared_memory":
            return f"It {detail}."
        case "laptop_power_limit" | "dual_issue":
            return f"{start_sentence(detail)}."
        case "saturation":
            return f"It is {detail}, so take the estimate with care."
        case "extrapolation":
            return "The card is newer than all the models learned from (to 2022), so they look beyond what they know."
        case "out_of_range":
            limits = _read_limits(warning)
            return f"{start_sentence(words)} lies outside what the models learned from ({limits})."
        case "contradiction":
            return f"{start_sentence(words)} contradicts what is known: {detail}."
        case "outlier_listing" | "doubt_value" | "doubt_prediction":
            return f"{start_sentence(words)}: {detail}."
        case "disputed_segment":
            return f"The segment is disputed: {detail}."
    return f"{words}: {detail}" if words else detail


#: Warnings of batches come as codes only.
WARNING_TITLES = {
    "no_specification": "no specification found",
    "uncertain_match": "match is a guess",
    "estimated_sheet": "sheet filled up",
    "unseen_architecture": "architecture newer than the training",
    "unseen_maker": "maker unknown to the training",
    "dual_issue": "FP32 rate counted in part",
    "shared_memory": "shares the computer's memory",
    "laptop_power_limit": "power limit set by the laptop",
    "saturation": "faster than the training",
    "extrapolation": "newer than the training",
    "out_of_range": "outside the training range",
    "contradiction": "contradicts what is known",
    "outlier_listing": "observed price is no market price",
    "doubt_value": "known figure to be doubted",
    "doubt_prediction": "model to be doubted",
    "disputed_segment": "table and maker disagree on the segment",
}


def explain_codes(codes: str) -> str:
    """Codes of warnings, separated by spaces, in words; each once."""
    return "; ".join(dict.fromkeys(WARNING_TITLES.get(code, code.replace("_", " ")) for code in codes.split()))
