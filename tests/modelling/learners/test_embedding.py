import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from gpu_kedro.modelling.learners.embedding import NameEmbedding, ngrams
from gpu_kedro.modelling.options import EmbeddingOptions

TEXTS = ["geforce gtx 1060", "geforce gtx 1070", "geforce rtx 3070", "radeon rx 580", "radeon rx 6600", "quadro p1000"]
OPTIONS = EmbeddingOptions(dims=4, min_count=1, ngram_max=3)


def test_ngrams_stay_inside_words():
    assert ngrams("rx 5", 3) == [" r", "rx", "x ", " rx", "rx ", " 5", "5 ", " 5 "]


def test_embedding_equals_scikit_learns_tfidf_in_the_main_directions():
    embedding = NameEmbedding.fit(TEXTS, OPTIONS, seed=0)
    reference = TfidfVectorizer(analyzer=lambda text: ngrams(text, 3)).fit(TEXTS)
    expected = reference.transform(TEXTS).toarray()
    order = [reference.vocabulary_[gram] for gram in embedding.vocabulary]
    np.testing.assert_allclose(embedding.transform(TEXTS), expected[:, order] @ embedding.components, atol=1e-12)


def test_near_names_are_near_and_far_names_far():
    a, b, c = NameEmbedding.fit(TEXTS, OPTIONS, seed=0).transform(
        ["geforce gtx 1060", "geforce gtx 1070", "quadro p1000"]
    )
    assert np.linalg.norm(a - b) < np.linalg.norm(a - c) / 2


@pytest.mark.parametrize("text", ["", "   ", "漢字", "\ud800", "@@@@"])
def test_unknown_texts_become_zeros(text: str):
    assert not NameEmbedding.fit(TEXTS, OPTIONS, seed=0).transform([text]).any()


def test_a_text_does_not_depend_on_its_neighbours_nor_on_being_saved():
    embedding = NameEmbedding.fit(TEXTS, OPTIONS, seed=0)
    again = NameEmbedding.from_files(embedding.to_files())
    np.testing.assert_array_equal(again.transform(TEXTS)[2:3], embedding.transform(TEXTS[2:3]))
