"""Vocabulary written as lists of words: patterns and sets."""

import re


def any_of(words: str) -> re.Pattern[str]:
    """Any of these words; each is a pattern, in which an underscore stands for a space."""
    return re.compile(rf"\b(?:{'|'.join(words.split())})\b".replace("_", " "))


def word_set(words: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(words.split())


def group_by_word(lines: str) -> dict[str, str]:
    """Word → its group, of lines like `group: words`."""
    groups = (line.split(": ") for line in lines.strip().splitlines())
    return {word: group for group, words in groups for word in words.split()}
