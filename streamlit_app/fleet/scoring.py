"""Scores a list of GPUs part by part, and says which rows need a look first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gpu_kedro.contracts.rows import name_added
from gpu_kedro.domain.specs.kinds import DOUBTFUL_BELOW
from gpu_kedro.modelling.bundle.ladder import WIDEST_FACTOR
from streamlit_app.backends.base import Backend, list_columns
from streamlit_app.fleet.files import FleetRow, FleetTable
from streamlit_app.widgets.caveats import explain_codes
from streamlit_app.widgets.wording import FIGURES, REASON_TITLES, describe_confidence

#: A 90 % interval whose ends are further apart than this factor says little.
_WIDE = {"g3d_mark": ("performance", 4.0), "price_usd": ("price", WIDEST_FACTOR), "tdp_w": ("power", 10.0)}
#: Urgency of a row: a wide interval, a guess, no known model, no answer; a person looks from the second on.
_UNKNOWN = 3
LOOK_FROM = 2
#: Rows of one file that get suggestions: each takes a question of its own.
_MOST_SUGGESTED = 200
_ADDED = (
    "row", "quantity", "corrected_to", "answer", "reason", "taken_for", "confidence", "confidence_in_words",
    "did_you_mean", "segment", "segment_source",
    *(f"{target}{end}" for target in FIGURES for end in ("", "_low_90", "_high_90", "_source")),
    "action", "action_why", "replacement", "replacement_price_usd", "look_first", "notes", "error",
)  # fmt: skip


@dataclass
class Fleet:
    """A list of GPUs on its way through the models: an entry for each row that is done, in order.

    Rows whose GPU somebody has named anew are `corrected`, by their place.
    """

    table: FleetTable
    scored: list[dict[str, Any]] = field(default_factory=list)
    corrected: dict[int, FleetRow] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Whether every row is scored."""
        return len(self.scored) == len(self.table.rows)

    def score(self, backend: Backend, chunk_rows: int) -> Iterator[float]:
        """Score what is left, part by part; gives the share that is done after each.

        Raises:
            BackendError: the rows so far stay scored, and another call goes on behind them.
        """
        while not self.is_done:
            start = len(self.scored)
            backend.restart_clock()
            rows = [self.row(place) for place in range(start, min(start + chunk_rows, len(self.table.rows)))]
            self.scored += self._score(rows, backend)
            yield len(self.scored) / len(self.table.rows)

    def row(self, place: int) -> FleetRow:
        """A row as it was uploaded or corrected."""
        return self.corrected.get(place, self.table.rows[place])

    def correct(self, place: int, name: str, backend: Backend) -> None:
        """Name the GPU of a row anew, and score it again.

        Raises:
            BackendError: it was not scored; the row stays as it was.
        """
        row = self.table.rows[place]
        corrected = replace(row, query={**(row.query or {"specs": None}), "name": name}, error=None)
        (scored,) = self._score([corrected], backend)
        self.corrected[place] = corrected
        self.scored[place] = {**scored, "corrected_to": name}

    def _score(self, rows: Sequence[FleetRow], backend: Backend) -> list[dict[str, Any]]:
        queries = [row.query for row in rows if row.query is not None]
        answers = _answer(queries, backend) if queries else []
        left = _MOST_SUGGESTED - sum(row["urgency"] == _UNKNOWN for row in self.scored)
        unknown = [pair for pair in zip(queries, answers, strict=True) if pair[1]["urgency"] == _UNKNOWN]
        for query, added in unknown[: max(left, 0)]:
            _suggest(query, added, backend)
        answered = iter(answers)
        scored = [_refuse(row.error) if row.query is None else next(answered) for row in rows]
        for row, added in zip(rows, scored, strict=True):
            added["row"], added["quantity"] = row.number, row.quantity
            added["notes"] = "; ".join(note for note in (row.notes, added["notes"]) if note)
        return scored

    def header(self) -> list[str]:
        """Columns of the result: those uploaded, then those added; a name that both have gets `gpu_` in front."""
        return [*self.table.columns, *name_added(self.table.columns, _ADDED).values()]

    def rows(self) -> list[list[Any]]:
        """Rows of the result in the order of the upload, each with its own cells first."""
        return [
            [*row.cells, *(added[name] for name in _ADDED)]
            for row, added in zip(self.table.rows, self.scored, strict=False)
        ]

    def unread_header(self) -> list[str]:
        """Columns of `unread`."""
        added = name_added(self.table.columns, ("row", "why"))
        return [added["row"], *self.table.columns, added["why"]]

    def unread(self) -> list[list[Any]]:
        """Rows of which nothing can be said: their number, their own cells, and why."""
        return [
            [row.number, *row.cells, added["error"] or added["look_first"]]
            for row, added in zip(self.table.rows, self.scored, strict=False)
            if added["error"] or added["answer"] == "none"
        ]


def recognise_names(texts: Sequence[str], backend: Backend) -> list[float]:
    """How sure the service is that each text names a GPU, 0 to 1."""
    plain = ["".join(letter if letter.isprintable() else "?" for letter in text) for text in texts]
    found: list[float] = backend.predict_columns({"name": plain})["match_confidence"]
    return found


def _answer(queries: Sequence[dict[str, Any]], backend: Backend) -> list[dict[str, Any]]:
    columns = list_columns(backend.predict_columns(_as_columns(queries)))
    return [_describe(dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def _suggest(query: dict[str, Any], row: dict[str, Any], backend: Backend) -> None:
    """Add known names that come close to a row that no model was found for; batches do not look for them."""
    close = backend.describe(query)["prediction"]["match"]["did_you_mean"]
    if close:
        row["look_first"] = f"{row['look_first']}; {close[0]}?"
        row["did_you_mean"] = "; ".join(close)


def _as_columns(queries: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    plain = {name for query in queries for name, value in query.items() if name != "specs" and value is not None}
    sheet = {name for query in queries for name in query["specs"] or {}}
    columns = {name: [query.get(name) for query in queries] for name in sorted(plain)}
    return columns | {f"spec_{name}": [(query["specs"] or {}).get(name) for query in queries] for name in sorted(sheet)}


def _refuse(error: str | None) -> dict[str, Any]:
    return {**dict.fromkeys(_ADDED), "look_first": "cannot be scored", "error": error, "urgency": 4}


def _describe(answer: dict[str, Any]) -> dict[str, Any]:
    confidence = answer["match_confidence"]
    look_first, urgency = _find_reasons(answer)
    added: dict[str, Any] = {
        **dict.fromkeys(_ADDED),
        "answer": answer["answer"],
        "reason": REASON_TITLES.get(answer["reason"] or ""),
        "taken_for": answer["match_spec"],
        "confidence": round(confidence, 2),
        "confidence_in_words": describe_confidence(confidence),
        "segment": answer["segment"] or "not clear",
        "segment_source": answer["segment_source"],
        "look_first": look_first,
        "notes": explain_codes(answer["warnings"]),
        "urgency": urgency,
    }
    for target in FIGURES:
        added[target] = _round(answer[f"{target}_value"])
        for end in ("low_80", "high_80", "low_90", "high_90"):
            added[f"{target}_{end}"] = _round(answer[f"{target}_{end}"])
        added[f"{target}_source"] = answer[f"{target}_source"]
    return added


def _find_reasons(answer: dict[str, Any]) -> tuple[str | None, int]:
    """Why a person should look at this row, and how urgently; nothing for a row that is fine."""
    reasons, urgency = [], 0
    if answer["answer"] == "none":
        return REASON_TITLES.get(answer["reason"], "no answer"), _UNKNOWN
    if answer["match_kind"] == "none":
        # that its intervals are wide goes without saying
        return "no known model", _UNKNOWN
    if answer["match_confidence"] < DOUBTFUL_BELOW:
        reasons.append("the match is a guess")
        urgency = 2
    wide = [
        words
        for target, (words, factor) in _WIDE.items()
        if answer[f"{target}_source"] == "predicted"
        and answer[f"{target}_high_90"] > factor * answer[f"{target}_low_90"]
    ]
    if wide:
        reasons.append(f"wide interval: {', '.join(wide)}")
        urgency = max(urgency, 1)
    return "; ".join(reasons) or None, urgency


def _round(value: float | None) -> float | None:
    if value is None:
        return None
    return round(value) if abs(value) >= 10 else round(value, 1)
