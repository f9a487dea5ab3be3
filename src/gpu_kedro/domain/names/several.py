"""Take apart a name of two or more GPUs: `Radeon HD 7640G + R5 M200 Dual`, `Radeon HD 7970 / R9 280X`."""

from collections.abc import Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from gpu_kedro.domain.names.tokens import find_model
from gpu_kedro.domain.names.vocabulary import BRAND_WORDS, SUFFIX_WORDS, VENDOR_BY_WORD


class Several(NamedTuple):
    """The parts of a name.

    Args:
        kind: `dual`: GPUs that work together; `combined`: one of them is meant; `one`: the slash only joins words.
        names: a full name for each part.
    """

    kind: Literal["dual", "combined", "one"]
    names: tuple[str, ...]


def find_components(words: list[str]) -> Several | None:
    """The GPUs of a name that lists several; None for names of one."""
    if "+" in words and "radeon" in words and not _is_memory_note(words):
        parts = _split_at(words, "+")
        is_combined = "fury" in words
    elif "/" in words and "nforce" not in words and ("intel" not in words or "hd" in words):
        parts = _split_at(words, "/")
        is_combined = True
        if parts and find_model(parts[0]) is None and parts[0][-1] not in BRAND_WORDS - {"mobility"}:
            # `MOBILITY/RADEON 9000`
            return Several("one", (" ".join(word for word in words if word != "/"),))
    else:
        return None
    names = _complete_parts(parts) if len(parts) > 1 else []
    return Several("combined" if is_combined else "dual", tuple(names)) if len(names) > 1 else None


def _is_memory_note(words: Sequence[str]) -> bool:
    rest = words[words.index("+") + 1 :]
    return len(rest) == 1 and rest[0].rstrip("gb").isdecimal()


def _split_at(words: Sequence[str], mark: str) -> list[list[str]]:
    return [list(part) for is_mark, part in groupby(words, mark.__eq__) if not is_mark]


def _complete_parts(parts: Sequence[list[str]]) -> list[str]:
    """Give each part the words it leaves out: `HD 8600/8700M` → `radeon hd 8600m`, `radeon hd 8700m`."""
    first = _until_n(parts[0])
    model_at = find_model(first)
    brand_end = next((at + 1 for at, word in enumerate(first) if word in VENDOR_BY_WORD and word != "mobility"), 0)
    names = [first]
    for part in parts[1:]:
        rest = [word for word in _until_n(part) if word not in ("dual", "d") or len(part) == 1]
        if not rest:
            continue
        if rest[0] in VENDOR_BY_WORD and rest[0] not in ("gt", "gtx", "gts", "rx"):
            names.append(rest)
        elif find_model(rest) == 0:
            names.append(first[: len(first) if model_at is None else model_at] + rest)
        elif find_model(rest) is None and rest[0] in SUFFIX_WORDS and rest[0] != "hd" and model_at is not None:
            names.append(first[: model_at + 1] + rest)
        elif find_model(rest) is not None or rest[0] in BRAND_WORDS:
            names.append(first[:brand_end] + rest)
    if len(names) == 2 and model_at == len(first) - 1 and first[model_at].isdecimal():
        last = find_model(names[-1])
        if (
            last is not None
            and names[-1][last] == names[-1][last].rstrip("m") + "m"
            and names[-1][:last] == first[:model_at]
        ):
            first[model_at] += "m"
    return [" ".join(words) for words in names]


def _until_n(words: list[str]) -> list[str]:
    """Cut `HD 7640G N HD 7640G` (a doubled name with "N" for "and") after the first."""
    return words[: words.index("n")] if "n" in words[1:] else list(words)
