"""What an analysis gives: a question with its method and caveat, an answer in words and numbers, and tidy tables."""

from collections.abc import Callable, Mapping, Sized
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any

import pandas as pd


class NotAnswerableError(ValueError):
    """The table at hand holds too little to answer the question; says what it lacks."""


@dataclass(frozen=True)
class Question:
    """What is asked of the data, the same for every table.

    Args:
        name: identifier of the finding and of its files.
        title: heading for people.
        question: in words.
        method: how it is answered, with the source of the method.
        caveat: what the answer does not say.
    """

    name: str
    title: str
    question: str
    method: str
    caveat: str


@dataclass(frozen=True)
class Study:
    """The answer that one table gives to a question.

    Args:
        question: what was asked.
        answer: in words, with numbers and their 95 % intervals.
        rows: GPUs (or pairs, or steps) that the answer rests on.
        figures: the numbers of the answer by name, with their units.
        table: tidy, one row a group.
        points: what is drawn beside the table, one row a GPU; may be empty.
    """

    question: Question
    answer: str
    rows: int
    figures: Mapping[str, float]
    table: pd.DataFrame
    points: pd.DataFrame = field(default_factory=pd.DataFrame)

    def to_record(self) -> dict[str, Any]:
        """The finding as JSON: `name, title, question, method, answer, caveat, rows, figures`; infinity is None."""
        figures = {name: float(value) if isfinite(value) else None for name, value in self.figures.items()}
        return {**asdict(self.question), "answer": self.answer, "rows": self.rows, "figures": figures}


def answer_question(question: Question, measure: Callable[[], Study]) -> Study:
    """Measure, or say why the table at hand cannot answer."""
    try:
        return measure()
    except NotAnswerableError as err:
        return Study(question, f"This table cannot answer it: {err}.", 0, {}, pd.DataFrame({"rows": [0]}))


def require_rows(rows: Sized, needed: int, what: str) -> None:
    """Refuse to answer from fewer rows than needed.

    Raises:
        NotAnswerableError: names what is lacking.
    """
    if len(rows) < needed:
        raise NotAnswerableError(f"{len(rows)} {what}, at least {needed} are needed")
