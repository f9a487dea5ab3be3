"""Plain arrays as bytes (NumPy's .npy format, never pickled)."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray


def array_bytes(values: NDArray[Any]) -> bytes:
    """Write an array in the .npy format."""
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()


def read_array(content: bytes) -> NDArray[Any]:
    """Read an array; refuses anything that would need unpickling."""
    array: NDArray[Any] = np.load(io.BytesIO(content), allow_pickle=False)
    return array
