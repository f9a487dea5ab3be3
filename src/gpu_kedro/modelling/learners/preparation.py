"""Features with gaps made dense for the learners: medians, flags of missing values, standard scores."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.modelling.learners.arrays import array_bytes, read_array

Matrix = NDArray[np.float64]
#: Standard scores beyond are cut off.
_CLIP = 8.0
#: What a bundle keeps, each in a file of its own.
_PARTS = ("columns", "flagged", "medians", "means", "scales")


@dataclass(frozen=True)
class Preparation:
    """Makes a matrix with missing values dense: median, missing flags, standard scores.

    Args:
        columns: positions of the features that are used.
        embedding_dims: dimensions of the name embedding that are used.
        flagged: positions (among the used inputs) that get a missing flag.
        medians: one per used input.
        means, scales: one per used input and flag.
    """

    columns: NDArray[np.int64]
    embedding_dims: int
    flagged: NDArray[np.int64]
    medians: Matrix
    means: Matrix
    scales: Matrix

    @classmethod
    def fit(cls, values: Matrix, embeddings: Matrix, columns: list[int], embedding_dims: int) -> Self:
        """Learn medians and scales. Inputs without any value, or with one value only, are left out.

        Args:
            values: (n, all features), NaN where missing.
            embeddings: (n, dims).
            columns: positions of the features that may be used.
            embedding_dims: how many dimensions of the embedding to use, of those that there are.
        """
        # NaN is one more value
        informative = [column for column in columns if np.unique(values[:, column]).size > 1]
        used = np.array(informative, dtype=np.int64)
        embedding_dims = min(embedding_dims, embeddings.shape[1])
        inputs = np.hstack([values[:, used], embeddings[:, :embedding_dims]])
        missing = np.isnan(inputs)
        flagged = _distinct_flags(missing)
        medians = np.nanmedian(inputs, axis=0)
        dense = np.hstack([np.where(missing, medians, inputs), missing[:, flagged]])
        scales = dense.std(axis=0)
        scales[scales == 0] = 1
        return cls(used, embedding_dims, flagged, medians, dense.mean(axis=0), scales)

    def transform(self, values: Matrix, embeddings: Matrix) -> NDArray[np.float32]:
        """Dense float32 inputs, shape (n, used inputs + flags); standard scores are capped at ±8."""
        used, columns = self.medians.size, self.columns.size
        inputs = np.empty((len(values), used))
        values.take(self.columns, axis=1, out=inputs[:, :columns])
        inputs[:, columns:] = embeddings[:, : self.embedding_dims]
        missing = np.isnan(inputs)
        np.copyto(inputs, self.medians, where=missing)
        dense = np.empty((len(values), self.means.size))
        dense[:, :used] = inputs
        dense[:, used:] = missing.take(self.flagged, axis=1)
        dense -= self.means
        dense /= self.scales
        np.minimum(dense, _CLIP, out=dense)
        np.maximum(dense, -_CLIP, out=dense)
        return dense.astype(np.float32)

    def to_files(self) -> dict[str, bytes]:
        """The preparation as files of a bundle."""
        return {f"{part}.npy": array_bytes(getattr(self, part)) for part in _PARTS}

    @classmethod
    def from_files(cls, files: dict[str, bytes]) -> Self:
        """Read back what `to_files` wrote."""
        parts = {part: read_array(files[f"{part}.npy"]) for part in _PARTS}
        return cls(embedding_dims=parts["medians"].size - parts["columns"].size, **parts)


def _distinct_flags(missing: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Positions of the columns whose missing pattern is new; the same pattern twice would count twice."""
    _, first = np.unique(missing, axis=1, return_index=True)
    shares = missing.mean(axis=0)[first]
    return np.sort(first[(shares > 0) & (shares < 1)])
