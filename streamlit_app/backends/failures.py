"""What can go wrong between the app and what answers it, in words that a page can show."""

from collections.abc import Sequence


class BackendError(Exception):
    """A question was not answered: what happened (`title`), and what to do about it (`advice`)."""

    def __init__(self, title: str, advice: str) -> None:
        super().__init__(f"{title}. {advice}")
        self.title = title
        self.advice = advice


class UnreachableError(BackendError):
    """Nothing listens at the address, or the connection broke."""


class SlowError(BackendError):
    """No whole answer within the time limit."""


class BusyError(BackendError):
    """Too many questions at once."""


class KeyRefusedError(BackendError):
    """The service wants a key, or another one."""


class NoModelError(BackendError):
    """No bundle is trained, or it cannot be loaded."""


class NotExplainedError(BackendError):
    """The bundle in service is older than explanations; everything else is answered."""

    def __init__(self) -> None:
        super().__init__(
            "The model in service is older than explanations", "Train it again with `make run` to have them."
        )


class NonsenseError(BackendError):
    """The answer is none of this service's."""


class BrokenError(BackendError):
    """The service failed to answer."""


class RefusedError(BackendError):
    """The question cannot be answered as it was asked; `problems` are pairs of a field and what is wrong with it."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = list(problems)
        told = "; ".join(f"{field}: {words}" if field else words for field, words in problems)
        super().__init__("That cannot be answered as asked", told or "Check what you entered.")
