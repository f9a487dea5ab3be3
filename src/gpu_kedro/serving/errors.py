"""What can go wrong while answering, in words that a caller can show; HTTP codes belong to `api`."""

from collections.abc import Sequence


class ServingError(Exception):
    """A question cannot be answered; the text says why and never repeats the question."""


class NoBundleError(ServingError):
    """No bundle of models is loaded."""


class NotExplainedError(ServingError):
    """The bundle in service is older than explanations."""


class UnknownGpuError(ServingError):
    """Neither the table nor the specifications know the GPU.

    Args:
        did_you_mean: known names that come closest, best first.
        detail: why there can be none, where that is known.
    """

    def __init__(self, did_you_mean: Sequence[str], detail: str) -> None:
        self.did_you_mean = list(did_you_mean)
        closest = f"; closest: {', '.join(self.did_you_mean)}" if self.did_you_mean else ""
        super().__init__(f"no such GPU{f': {detail}' if detail else ''}{closest}")
