"""What a visitor carries from page to page, for as long as the browser keeps its connection."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import streamlit as st

#: As many cards as are compared.
MOST_COMPARED = 6
_KEY = "visit"


@dataclass
class Visit:
    """One visitor.

    Args:
        tray: names to compare, in the order in which they were put there.
        asked: page → what stood last in its address, so that a link to it leads back there.
        done: how many buttons of tables were dealt with.
    """

    tray: list[str] = field(default_factory=list)
    asked: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    done: int = 0

    def put(self, name: str) -> None:
        """Put a card into the tray: once, whatever its letters' case; the oldest leaves when it is full."""
        kept = [one for one in self.tray if one.casefold() != name.casefold()]
        self.tray = [*kept, name][-MOST_COMPARED:]

    def take_out(self, name: str) -> None:
        """Take a card out of the tray."""
        self.tray = [one for one in self.tray if one != name]

    def keep_tray(self, names: Iterable[str]) -> None:
        """Put exactly these cards into the tray."""
        self.tray = []
        for name in names:
            self.put(name)


def current_visit() -> Visit:
    """The visitor whose page is being drawn."""
    visit: Visit = st.session_state.setdefault(_KEY, Visit())
    return visit
