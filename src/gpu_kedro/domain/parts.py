"""Parts and extras that are sold for a card: their titles name the card, and are not about it."""

import re

from gpu_kedro.domain.names.parsed_name import ParsedName
from gpu_kedro.domain.names.patterns import any_of, word_set

PART_ONLY = "This is a part or an extra of a card, no GPU; name the card alone for its figures."

_PARTS = r"""water_?blocks? wasserkuhler wasserblock eisblock 水冷头 back_?plates? heat_?sinks? shrouds? coolers?
    kuhler kuhlkorper ersatzlufter lufter fans? ventilateurs? ventilador ventola (?:support_)?brackets? risers? pcb
    pads? cables? kabel mounts? holders? halterung bridges? poster keychain stickers?"""
_BOXES = "box karton ovp verpackung caja boite scatola"
#: "X for RTX 3080": the part stands before the card.
_PART = any_of(f"{_PARTS} {_BOXES}")
_FOR = re.compile(r"(?: [\w.+-]+){0,5}? (?:for|fur|fits|pour|para|per|compatible)\b")
#: What says that the card itself is not there.
_WITHOUT_CARD = re.compile(
    r"(?<!\bnot )\b(?:{parts}) (?:only|nur)\b|\b(?:only|just|nur|solo|seulement)(?: the| die| der| la)? (?:{boxes})\b"
    r"|\b(?:empty|leere[rs]?) (?:{boxes})\b|\b(?:{boxes}) (?:vacia|vide|vuota|leer)\b|\bleerkarton\b|\b(?:空盒|包装盒)"
    r"|\b(?:no|without|ohne|sans|sin|senza)(?: the)? (?:card|gpu|core|karte|grafikkarte|carte|tarjeta|scheda)\b".format(
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
    found = _PART.search(text)
    if found is None:
        return False
    before = text[: found.start()]
    is_first = parsed.model_token is None or parsed.model_token not in before.split()
    if is_first and _FOR.match(text, found.end()):
        return True
    is_alone = all(word in _BESIDE_PARTS or _PART.fullmatch(word) for word in parsed.leftovers)
    return is_alone and _JOINED.search(before) is None
