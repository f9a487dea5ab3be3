"""Names as vectors: tf-idf of character n-grams, reduced by a truncated SVD.

Fitted with scikit-learn, answered with a dictionary and one matrix, so that one name costs microseconds.
Source of the method: Deerwester et al. (1990), Indexing by latent semantic analysis.
"""

import json
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from math import hypot
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.domain.errors import NotLearnableError
from gpu_kedro.modelling.learners.arrays import array_bytes, read_array
from gpu_kedro.modelling.options import EmbeddingOptions

_LONGEST_TEXT = 200
_LEAST_NGRAMS = 3
#: Names are made of a few thousand words, which come again and again; one takes about a kilobyte.
_KEPT_WORDS = 4096
#: Boards share their chips' names; one takes half a kilobyte.
_KEPT_TEXTS = 4096


def ngrams(text: str, longest: int) -> list[str]:
    """Character n-grams of 2 to `longest` letters inside each word, words padded with a space on both sides."""
    return [gram for word in text[:_LONGEST_TEXT].split() for gram in _word_ngrams(word, longest)]


def _word_ngrams(word: str, longest: int) -> list[str]:
    padded = f" {word} "
    return [
        padded[start : start + size]
        for size in range(2, longest + 1)
        for start in range(max(1, len(padded) - size + 1))
    ]


class NameEmbedding:
    """Maps canonical names to vectors of `dims` numbers.

    Args:
        vocabulary: n-gram → row of `components`.
        idf: (n-grams,) inverse document frequencies.
        components: (n-grams, dims) of the SVD.
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
        self._read_word = lru_cache(maxsize=_KEPT_WORDS)(self._read_word_anew)
        self._embed = lru_cache(maxsize=_KEPT_TEXTS)(self._embed_anew)

    @property
    def dims(self) -> int:
        """Length of a vector."""
        return int(self.components.shape[1])

    @classmethod
    def fit(cls, texts: list[str], options: EmbeddingOptions, seed: int) -> Self:
        """Learn the n-grams that occur in at least `min_count` of the texts and their main directions.

        Of few texts there are fewer directions than asked for.

        Raises:
            NotLearnableError: hardly any n-gram occurs so often.
        """
        from scipy.sparse import csr_matrix
        from sklearn.decomposition import TruncatedSVD

        counts = [Counter(ngrams(text, options.ngram_max)) for text in texts]
        documents = Counter(gram for count in counts for gram in count)
        kept = sorted(gram for gram, times in documents.items() if times >= options.min_count)
        if min(len(kept), len(texts)) < _LEAST_NGRAMS:
            raise NotLearnableError(
                f"the table: {len(texts)} names are too few to learn their parts from; give more rows"
            )
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
        dims = min(options.dims, len(kept) - 1, len(texts) - 1)
        svd = TruncatedSVD(n_components=dims, algorithm="arpack", random_state=seed).fit(normed)
        return cls(vocabulary, idf, np.ascontiguousarray(svd.components_.T), options.ngram_max)

    def transform(self, texts: list[str]) -> NDArray[np.float64]:
        """Embed n texts as an (n, dims) matrix; a text without a known n-gram becomes zeros."""
        vectors = np.empty((len(texts), self.dims))
        for position, text in enumerate(texts):
            vectors[position] = self._embed(text)
        return vectors

    def _embed_anew(self, text: str) -> NDArray[np.float64]:
        """The sum of the words' vectors, divided by the norm of all their n-grams together."""
        vector = np.zeros(self.dims)
        weights: dict[int, float] = {}
        for word in text[:_LONGEST_TEXT].split():
            word_vector, word_weights = self._read_word(word)
            vector += word_vector
            if weights.keys().isdisjoint(word_weights):
                weights.update(word_weights)
            else:
                for place, weight in word_weights.items():
                    weights[place] = weights.get(place, 0.0) + weight
        if weights:
            vector /= hypot(*weights.values())
        return vector

    def _read_word_anew(self, word: str) -> tuple[NDArray[np.float64], Mapping[int, float]]:
        """A word's part of the vector, (dims,), and its n-grams' tf-idf by place in the vocabulary."""
        grams = Counter(_word_ngrams(word, self.ngram_max))
        counts = {self.vocabulary[gram]: times for gram, times in grams.items() if gram in self.vocabulary}
        places, times = list(counts), np.array(list(counts.values()), dtype=float)
        return times @ self._weights[places], dict(zip(places, (times * self.idf[places]).tolist(), strict=True))

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
