"""Colours that work on light and dark ground, and the style sheet of what Streamlit's theme cannot give."""

from pathlib import Path

PREDICTED, MEASURED, LISTED, ASKED = "#1B7FC4", "#E69F00", "#009E73", "#D55E00"
GOOD, NEUTRAL = "#009E73", "#7F7F7F"
#: Okabe and Ito (2008), a little lighter where both grounds need it; ten groups are told apart by shape as well.
PALETTE = ("#1B7FC4", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#8C6D31", "#7F7F7F", "#9467BD", "#17A398")
SEGMENT_MARKS = {
    "Desktop": ("#56B4E9", "square"),
    "Mobile": ("#E69F00", "diamond"),
    "Workstation": ("#009E73", "cross"),
}
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x", "star", "hexagon", "pentagon", "triangle-down")
_COLOURS = (
    f":root {{ --gk-predicted: {PREDICTED}; --gk-measured: {MEASURED}; --gk-listed: {LISTED}; --gk-asked: {ASKED}; }}"
)
CSS = f"<style>{_COLOURS}\n{Path(__file__).with_name('style.css').read_text('utf-8')}</style>"
