"""The pages: where each lies, what it is called, what it is for."""

from dataclasses import dataclass

NAME = "gpu_kedro"


@dataclass(frozen=True)
class SitePage:
    """One page: its file, seen from `app.py`, its place in the address, its title, and what one does on it."""

    script: str
    address: str
    title: str
    task: str


START = SitePage("views/ask.py", "", "Ask", "One card: how fast, what kind, what price, how much power")
PAGES = (
    START,
    SitePage("views/deal.py", "deal", "Deal", "Judge an asking price"),
    SitePage("views/find.py", "find", "Find", "The best cards for a budget and a power supply"),
    SitePage("views/compare.py", "compare", "Compare", "Two to six cards in words and numbers"),
    SitePage("views/minimum.py", "minimum", "Minimum", "What a game needs, and which share of players has it"),
    SitePage("views/fleet.py", "fleet", "Fleet", "A whole list of GPUs: what it is worth, what to replace"),
    SitePage("views/market.py", "market", "Market", "Prices of today: say what you have seen cards cost"),
    SitePage("views/explore.py", "explore", "Explore", "What two thousand benchmarked cards tell"),
    SitePage("views/model.py", "model", "Model", "How good the answers are, and from which data"),
)
