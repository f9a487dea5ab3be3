"""What stops a file from being read, in one line: the file, the place, what is wrong, what to do."""

from collections.abc import Iterator
from contextlib import contextmanager


class TableFileError(ValueError):
    """A file that cannot be used as it is.

    Args:
        problem: what is wrong, as a predicate of the file: "has no rows".
        remedy: what to do about it.
        row: the row of the file, counted from 1, when one is to blame.
        column: the column as the file spells it, when one is to blame.
    """

    def __init__(self, problem: str, remedy: str, *, row: int | None = None, column: str | None = None) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy
        self.row = row
        self.column = column
        self.file = "the file"

    def __str__(self) -> str:
        """Place, problem and remedy."""
        row = f"in row {self.row}" if self.row is not None else ""
        column = f"in column '{self.column}'" if self.column is not None else ""
        place = " ".join(part for part in (row, column) if part)
        return " ".join(f"{self.file} {self.problem}{f' {place}' if place else ''}: {self.remedy}".split())


class DamagedFileError(TableFileError):
    """The bytes are not of the kind that they pretend to be."""


@contextmanager
def telling_damage(damage: tuple[str, str], *errors: type[BaseException]) -> Iterator[None]:
    """Tell errors of a reader as damage of the file: its problem and its remedy."""
    try:
        yield
    except TableFileError:
        raise
    except errors as err:
        raise DamagedFileError(*damage) from err


class NoNameColumnError(TableFileError):
    """No column of the file can be taken for the one that is asked for."""

    def __init__(self, problem: str, remedy: str, columns: tuple[str, ...]) -> None:
        super().__init__(problem, remedy)
        self.columns = columns
