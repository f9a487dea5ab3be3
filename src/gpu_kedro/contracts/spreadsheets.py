"""Makes texts safe to be opened in a spreadsheet, whatever it takes for a separator or for a formula."""

import re
from functools import lru_cache
from typing import Any

#: What a spreadsheet takes for the start of a formula (OWASP, CSV injection), in full width too.
_FORMULA = "=+\\-@＝＋－＠"
_SUSPICIOUS = re.compile(rf"[{_FORMULA}\t\r]")
#: A formula and what stands before it, as far as it is separators, quotes and spaces: another reader may begin a cell
#: there. Nothing is tried twice, so the time grows with the text's length.
_BEFORE_FORMULA = re.compile(rf"(?:^|(?<![;,|\s\"']))[;,|\s\"']*+(?=[{_FORMULA}])")
_SEPARATORS = frozenset(";,|\t\r\n")
_HARMLESS = re.compile(r"[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]{1,4})?|-")


def disarm(cell: Any) -> Any:
    """An apostrophe in front of whatever a spreadsheet would run as a formula; numbers stay as they are."""
    if isinstance(cell, str) and _SUSPICIOUS.search(cell) is not None:
        return _disarm(cell)
    return cell


@lru_cache(4096)
def _disarm(text: str) -> str:
    if _HARMLESS.fullmatch(text):
        return text
    safe = _BEFORE_FORMULA.sub(_quote, text)
    return f"'{safe}" if safe.startswith(("\t", "\r")) else safe


def _quote(found: re.Match[str]) -> str:
    before = found.group()
    if not _SEPARATORS.isdisjoint(before):
        return f"{before}'"
    # where the cell itself begins in front of all, for spreadsheets drop spaces; elsewhere no cell can begin
    return f"'{before}" if found.start() == 0 else before
