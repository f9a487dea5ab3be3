"""Names as vectors: tf-idf of character n-grams, reduced by a truncated SVD.

Fitted with scikit-learn, answered with a dictionary and one matrix, so that one name costs microseconds.
Source of the method: Deerwester et al. (1990), Indexing by latent semantic analysis.
"""

import json
from collections import Counter
from functools import lru_cache
from math import sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.modelling.arrays import array_bytes, read_array
from gpu_kedro.modelling.options import EmbeddingOptions

_LONGEST_TEXT = 200
_KEPT_VECTORS = 16_384


def ngrams(text: str, longest: int) -> list[str]:
    """Character n-grams of 2 to `longest` letters inside each word, words padded with a space on both sides."""
    grams: list[str] = []
    for word in text[:_LONGEST_TEXT].split():
        padded = f" {word} "
        for size in range(2, longest + 1):
            grams.extend(padded[start : start + size] for start in range(max(1, len(padded) - size + 1)))
    return grams


class NameEmbedding:
    """Maps canonical names to vectors of `dims` numbers.

    Args:
        vocabulary: n-gram → row of `weights`.
        weights: (n-grams, dims) float64, idf already multiplied into the SVD's components.
        idf: (n-grams,) inverse document frequencies, for the norm.
        ngram_max: longest n-gram.
    """

    def __init__(
        self, vocabulary: dict[str, int], idf: NDArray[np.float64], components: NDArray[np.float64], ngram_max: int
    ) -> None:
        self.vocabulary = vocabulary
        self.idf = idf
        self.components = components
        self.ngram_max = ngram_max
        self._weights = components * idf[:, None]
        # the same names are asked about again and again; a vector takes about 300 bytes
        self._embed = lru_cache(maxsize=_KEPT_VECTORS)(self._embed_anew)

    @property
    def dims(self) -> int:
        """Length of a vector."""
        return int(self.components.shape[1])

    @classmethod
    def fit(cls, texts: list[str], options: EmbeddingOptions, seed: int) -> Self:
        """Learn the n-grams that occur in at least `min_count` of the texts and their main directions."""
        from scipy.sparse import csr_matrix
        from sklearn.decomposition import TruncatedSVD

        counts = [Counter(ngrams(text, options.ngram_max)) for text in texts]
        documents = Counter(gram for count in counts for gram in count)
        kept = sorted(gram for gram, times in documents.items() if times >= options.min_count)
        vocabulary = {gram: position for position, gram in enumerate(kept)}
        idf = np.array([np.log((1 + len(texts)) / (1 + documents[gram])) + 1 for gram in kept])
        rows, columns, values = [], [], []
        for row, count in enumerate(counts):
            for gram, times in count.items():
                if gram in vocabulary:
                    rows.append(row)
                    columns.append(vocabulary[gram])
                    values.append(times * idf[vocabulary[gram]])
        matrix = csr_matrix((values, (rows, columns)), shape=(len(texts), len(kept)))
        norms = np.sqrt(np.asarray(matrix.power(2).sum(axis=1)).ravel())
        norms[norms == 0] = 1
        normed = csr_matrix(matrix.multiply(1 / norms[:, None]))
        dims = min(options.dims, len(kept) - 1)
        svd = TruncatedSVD(n_components=dims, algorithm="arpack", random_state=seed).fit(normed)
        return cls(vocabulary, idf, np.ascontiguousarray(svd.components_.T), options.ngram_max)

    def transform(self, texts: list[str]) -> NDArray[np.float64]:
        """Embed n texts as an (n, dims) matrix; a text without a known n-gram becomes zeros."""
        vectors = np.empty((len(texts), self.dims))
        for position, text in enumerate(texts):
            vectors[position] = self._embed(text)
        return vectors

    def _embed_anew(self, text: str) -> NDArray[np.float64]:
        places, counts = self._count(text)
        if not places:
            return np.zeros(self.dims)
        times = np.array(counts, dtype=float)
        norm = sqrt(float(np.square(times * self.idf[places]).sum()))
        vector: NDArray[np.float64] = (times @ self._weights[places]) / norm
        return vector

    def _count(self, text: str) -> tuple[list[int], list[int]]:
        counts: dict[int, int] = {}
        vocabulary = self.vocabulary
        for gram in ngrams(text, self.ngram_max):
            place = vocabulary.get(gram)
            if place is not None:
                counts[place] = counts.get(place, 0) + 1
        return list(counts), list(counts.values())

    def to_files(self) -> dict[str, bytes]:
        """The embedding as files of a bundle."""
        grams = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        return {
            "embedding.json": json.dumps({"ngram_max": self.ngram_max, "ngrams": grams}, ensure_ascii=True).encode(),
            "embedding_idf.npy": array_bytes(self.idf),
            "embedding_components.npy": array_bytes(self.components),
        }

    @classmethod
    def from_files(cls, files: dict[str, bytes]) -> Self:
        """Read back what `to_files` wrote."""
        head = json.loads(files["embedding.json"])
        vocabulary = {gram: position for position, gram in enumerate(head["ngrams"])}
        idf, components = read_array(files["embedding_idf.npy"]), read_array(files["embedding_components.npy"])
        return cls(vocabulary, idf, components, head["ngram_max"])
