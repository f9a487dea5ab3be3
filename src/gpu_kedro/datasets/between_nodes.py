"""What passes from node to node in memory, whichever runner runs them."""

from typing import Any

from kedro.io import MemoryDataset
from kedro.io.core import TCopyMode
from kedro.io.shared_memory_dataset import SharedMemoryDataset


class BetweenNodesDataset(SharedMemoryDataset):
    """A `MemoryDataset` with an entry in the catalog, for its place in Kedro-Viz, that `ParallelRunner` can share.

    Kedro shares only those without an entry: a `MemoryDataset` that is named in the catalog stays in the worker process
    that saved it.
    """

    def __init__(self, copy_mode: TCopyMode | None = None, metadata: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.metadata = metadata
        # in place of this one `ParallelRunner` sets one of its manager's process
        self.shared_memory_dataset = MemoryDataset(copy_mode=copy_mode)

    def _release(self) -> None:
        self.shared_memory_dataset.release()
