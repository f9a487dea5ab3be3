"""Errors a person can act on: one line that names the place and says what to do."""

from collections.abc import Iterator


class GpuKedroError(ValueError):
    """Base of the project's own errors; `str()` is always one line."""


class RawDataError(GpuKedroError):
    """The benchmark table cannot be used as it is.

    Args:
        file: the file as the caller named it, or what the table is called where no file is known.
        problem: what is wrong, without the place.
        remedy: what to do about it.
        column: the column as the file spells it, when one is to blame.
        row: the line in the file, the header being line 1, when one is to blame.
    """

    def __init__(
        self, file: str, problem: str, remedy: str, *, column: str | None = None, row: int | None = None
    ) -> None:
        super().__init__(file, problem, remedy)
        self.file = file
        self.problem = problem
        self.remedy = remedy
        self.column = column
        self.row = row

    def __str__(self) -> str:
        """Place, problem and remedy in one line."""
        column = f", column '{self.column}'" if self.column is not None else ""
        row = f", row {self.row}" if self.row is not None else ""
        return " ".join(f"{self.file}{column}{row}: {self.problem}; {self.remedy}".split())


class LedgerError(GpuKedroError):
    """The ledger does not account for every row: a defect in a cleaning rule, not in the data."""


class NotLearnableError(GpuKedroError):
    """A target has too few distinct known values to learn anything from."""


def walk_causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all it came from, each once, for an error may be among its own causes.

    urllib3 keeps some causes in `reason` and in `args`.
    """
    waiting, seen = [error], set()
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
