"""What people call columns: a table of synonyms, and a spelling of headers under which equal ones are equal."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

#: A unit or a remark behind a header: "TDP (W)", "Price [USD]", "Preis in €".
_UNIT = re.compile(r"\s*(?:[(\[（【].*[)\]）】]|\bin\s+\S+|,\s*\S{1,5})\s*$", re.IGNORECASE)
_LONGEST = 60


class Synonyms(NamedTuple):
    """Headers of one field, folded.

    Args:
        sure: the header alone decides; the best known first.
        perhaps: only together with what the cells hold.
    """

    sure: tuple[str, ...]
    perhaps: tuple[str, ...] = ()


def fold(header: str) -> str:
    """A header without case, accents, spaces and punctuation, so that "GPU_Name" is "gpuname"."""
    # decomposed, an accent is a sign of its own
    return "".join(letter for letter in unicodedata.normalize("NFKD", header).casefold() if letter.isalnum())


def fold_all(header: Any) -> tuple[str, ...]:
    """A header folded, and once more without the unit behind it; nothing for what is no header."""
    if not isinstance(header, str) or len(header) > _LONGEST:
        return ()
    whole, bare = fold(header), fold(_UNIT.sub("", header))
    return tuple(dict.fromkeys(text for text in (whole, bare) if text))


@cache
def read_synonyms() -> Mapping[str, Synonyms]:
    """The synonyms of every field that has some (`headers.yml`)."""
    written = yaml.safe_load(files(__package__).joinpath("headers.yml").read_text("utf-8"))
    return {
        field: Synonyms(*(tuple(map(fold, groups.get(kind, ()))) for kind in Synonyms._fields))
        for field, groups in written.items()
    }


class HeaderTable:
    """Finds which field a header means.

    Args:
        fields: names of the fields that are looked for; each is a header of its own.
        synonyms: what else they are called.
    """

    def __init__(self, fields: Iterable[str], synonyms: Mapping[str, Synonyms]) -> None:
        self._fields: dict[str, tuple[str, int]] = {}
        for field in fields:
            known = synonyms.get(field, Synonyms(()))
            for rank, text in enumerate((fold(field), *known.sure, *known.perhaps)):
                self._fields.setdefault(text, (field, rank))
        self._perhaps = {text for field in synonyms for text in synonyms[field].perhaps}

    def find(self, header: Any) -> tuple[str, int] | None:
        """The field that a header means, and how usual it is for it, 0 for the field's own name; None for others."""
        for text in fold_all(header):
            if text in self._fields:
                return self._fields[text]
        return None

    def knows(self, header: Any) -> bool:
        """Whether a header means one of the fields."""
        return self.find(header) is not None

    def is_sure(self, header: Any) -> bool:
        """Whether a header tells its field without a look at the cells."""
        return any(text in self._fields and text not in self._perhaps for text in fold_all(header))
