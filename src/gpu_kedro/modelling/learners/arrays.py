"""Plain arrays as bytes (NumPy's .npy format, never pickled)."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: So many rows are multiplied one by one.
FEW_ROWS = 16


def array_bytes(values: NDArray[Any]) -> bytes:
    """Write an array in the .npy format."""
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()


def read_array(content: bytes) -> NDArray[Any]:
    """Read an array; refuses anything that would need unpickling."""
    array: NDArray[Any] = np.load(io.BytesIO(content), allow_pickle=False)
    return array


def multiply_rows(rows: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """`rows @ matrix`, where each of a few rows gets the digits that it gets alone.

    BLAS adds in an order that depends on how many rows there are: a GPU's answer would differ in its last digits by who
    else asks at the moment. More rows than a few are multiplied as BLAS does it best.

    Args:
        rows: (n, inputs).
        matrix: (inputs, outputs).
    """
    if len(rows) > FEW_ROWS:
        product: NDArray[np.float64] = rows @ matrix
    else:
        product = np.matmul(rows[:, None, :], matrix)[:, 0]
    return product
