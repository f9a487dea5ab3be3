"""What other hooks have to say about a run: the tracking hook records it, the terminal shows its last lines."""

from dataclasses import dataclass, field


@dataclass
class RunNotes:
    """One for all hooks, emptied when a run begins.

    Args:
        epilogue: lines that the run ends with.
        tags: of the recorded run.
        texts: files of the recorded run, by path.
    """

    epilogue: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def clear(self) -> None:
        """Begin a run."""
        self.epilogue.clear()
        self.tags.clear()
        self.texts.clear()
