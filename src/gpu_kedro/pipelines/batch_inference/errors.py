"""What can stop a batch, in one line."""

from gpu_kedro.domain.errors import GpuKedroError


class BatchError(GpuKedroError):
    """A batch cannot be scored, or not all of it; says which file and what to do."""
