"""Parts and extras that are sold for a card: their titles name the card, and are not about it."""

import re

from gpu_kedro.domain.names.parsed_name import ParsedName
from gpu_kedro.domain.names.patterns import any_of, word_set
from gpu_kedro.domain.names.vocabulary import BOARD_WORDS

PART_ONLY = "This is a part or an extra of a card, no GPU; name the card alone for its figures."

_PARTS = r"""water_?blocks? wasserkuhler wasserblock eisblock 水冷头 back_?plates? heat_?sinks? shrouds? coolers?
    kuhler kuhlkorper ersatzlufter lufter fans? ventilateurs? ventilador ventola (?:support_)?brackets? risers? pcb
    pads? cables? kabel mounts? holders? halterung bridges? poster keychain stickers?"""
_BOXES = "box karton ovp verpackung caja boite scatola"
_PART = any_of(_PARTS)
#: "Fan for RTX 3080": what it is for follows, by its maker, line or number.
_FOR = re.compile(
    r"(?: [\w.+-]+){0,5}? (?:for|fur|fits|pour|para|per|compatible)(?: (?:the|your|my|with|die|la))? (\S+)"
)
_PART_OR_BOX = any_of(f"{_PARTS} {_BOXES}")
_CARD_WORDS = BOARD_WORDS - {"gaming"} | word_set("nvidia geforce rtx gtx gt amd radeon rx quadro vega")
#: What says that the card itself is not there.
_WITHOUT_CARD = re.compile(
    r"(?<!\bnot )\b(?:{parts}) (?:only|nur)(?:$| (?:no|without|with|ohne|mit|for)\b)"
    r"|\b(?:only|just|nur|solo|seulement)(?: the| die| der| la)? (?:{boxes})\b"
    r"|\b(?:empty|leere[rs]?) (?:{boxes})\b|\b(?:{boxes}) (?:vacia|vide|vuota|leer)\b|\bleerkarton\b|\b(?:空盒|包装盒)"
    r"|\b(?:no|without|ohne|sans|sin|senza)(?: the)? (?:card|gpu|karte|grafikkarte|carte|tarjeta|scheda)"
    r"(?:$| (?:included|inside|enthalten|incluida|inclus[ae]?)\b)".format(
        parts="|".join(f"{_PARTS} {_BOXES}".split()).replace("_", " "), boxes="|".join(_BOXES.split())
    )
)
#: What a title that names nothing but a part and its card may hold beside them.
_BESIDE_PARTS = word_set(
    """ek ekwb bykski barrow alphacool quantum vector nickel plexi acetal thermal nvlink water block back plate heat
    sink replacement spare original new used kit set full cover metal support gpu and for + -"""
)
_JOINED = re.compile(r"\b(?:with|w|incl\w*|mit|inkl\w*|und|and|plus|avec|con|y|et)\b|[+&]")


def is_part(parsed: ParsedName) -> bool:
    """Whether a text offers a part of a card ("RTX 3080 water block", "box only") and not the card."""
    if not parsed.leftovers:
        return False
    text = parsed.canonical
    if _WITHOUT_CARD.search(text):
        return True
    found = _PART_OR_BOX.search(text)
    if found is None:
        return False
    before = text[: found.start()]
    what_for = _FOR.match(text, found.end())
    if what_for is not None and (what_for[1] in _CARD_WORDS or what_for[1] == parsed.model_token):
        return parsed.model_token not in before.split()
    is_alone = all(word in _BESIDE_PARTS or _PART.fullmatch(word) for word in parsed.leftovers)
    return is_alone and _JOINED.search(before) is None
