"""What a machine writes around a GPU's name: lspci, WMI, nvidia-smi, OpenGL, Vulkan and ANGLE lines taken apart.

`03:00.0 VGA compatible controller [0300]: AMD/ATI Navi 23 [Radeon RX 6600] [1002:73ff] (rev c1)` holds a name, a PCI id
and the chip's code name; each is evidence of its own.
"""

import re
from typing import NamedTuple

#: PCI id of a maker, what the GPU is called by, and how the maker is told from a line.
_MAKERS = (
    ("10de", "nvidia", re.compile(r"nvidia|geforce|quadro|tesla|\b[rg]tx\b")),
    ("1002", "amd", re.compile(r"radeon|\bamd|\bati\b|advanced micro|firepro")),
    ("8086", "intel", re.compile(r"intel|\biris\b|\buhd\b|hd graphics|\barc\b")),
)
MAKER_BY_ID = {vendor: name for vendor, name, _ in _MAKERS}

_MACHINE = re.compile(r"[\[(:]|0x|dev_|device|mib|renderer|/pcie|/sse2")
_SUBSYSTEM = re.compile(r"\b(?:subsystem|svendor|sdevice)\b.*|&subsys_\S*")
_PAIR = re.compile(r"\b(?:0x)?(10de|1002|8086)[:/](?:0x)?([0-9a-f]{4})(?![0-9a-f])(?:[:/](?:0x)?([0-9a-f]{2})\b)?")
_VEN_DEV = re.compile(r"ven_(10de|1002|8086)&dev_([0-9a-f]{4})")
_UNNAMED = re.compile(r"(?:corporation|\]|nvidia|intel|amd|ati) device \[?(?:0x)?([0-9a-f]{4})\b")
_HEX = re.compile(r"\b0x(?:0000)?([0-9a-f]{4})\b")
_AMD_BOARD = re.compile(r"^([67][0-9a-f]{3}):([0-9a-f]{2})(?![0-9a-f:])")
_REVISION = re.compile(r"\brev[ _:]*([0-9a-f]{2})\b")

_MEMORY_IN_MIB = re.compile(r"\b(\d{4,6}) ?mib\b")
_UUID = re.compile(r"\(?uuid: ?[\w-]*\)?")
_SLOT = re.compile(r"^(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]\b")
_CLASS = re.compile(r"\b(?:vga compatible|3d|display|video) controller\b[\"\s\w\[\]]{0,12}:?|\(prog-if [^)]*\)")
_REVISION_NOTE = re.compile(r"\((?:rev [0-9a-f]{2}|0x[0-9a-f:x]{4,20})\)|\[0x[0-9a-f]{4,8}\]")
_DRIVER_NOTE = re.compile(r"\(([^()]*(?:llvm|drm|radv|radeonsi|\bgt\d|\bdg\d)[^()]*)\)")
_DRIVER_WORDS = re.compile(r"\b(?:radeonsi|radv|llvm|drm|aco|mesa)\b|(?<=[\s/])\d[\w.-]*|[,/]")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_ID_BRACKET = re.compile(r"amd(?:/ati)?|(?:[0-9a-f]{4}:)?[0-9a-f]{4}|vga controller|\W*")
_NAMES_GPU = re.compile(
    r"geforce|radeon|quadro|tesla|firepro|\b(?:[rg]tx?|rx|hd|uhd|iris|arc|titan|nvs|instinct|graphics|grid|mi)\b"
)
_VULKAN_DEVICE = re.compile(r"vulkan [\d.]+ ?\(([^()]*)(?:\([^()]*\)[^()]*)?\)")
#: The register names a server's processor and a desktop's by one line.
_SERVER_TWIN = re.compile(r"xeon e3-1200 (?:v\d)?/(?=\d(?:nd|rd|th) gen core)")
_RENDERER_TAIL = re.compile(r" (?:direct3d\d|opengl|vulkan|vs_\d|/pcie)|/pcie/sse2|/sse2")


class Line(NamedTuple):
    """A machine's line taken apart.

    Args:
        text: the GPU's name, in lower case.
        device: its PCI id, as `10de:2504`, with the revision where the line has one: `1002:73ff:c1`.
        chip: what the line says of the chip beside the name, a code name as a rule ("navi 23").
    """

    text: str
    device: str | None = None
    chip: str | None = None


def take_apart(text: str) -> Line:
    """Take a name, lower-case, out of the line that a machine wrote; other text is left as it is."""
    if not _MACHINE.search(text):
        return Line(text)
    text = _SERVER_TWIN.sub("", _SUBSYSTEM.sub(" ", text))
    device = _find_device(text)
    text = _MEMORY_IN_MIB.sub(lambda size: f"{round(int(size[1]) / 1024)}gb", _UUID.sub(" ", text))
    text = _REVISION_NOTE.sub(" ", text)
    note = _DRIVER_NOTE.search(text)
    chip = " ".join(_DRIVER_WORDS.sub(" ", note[1]).split()) if note else None
    text, before = _choose_bracket(_DRIVER_NOTE.sub(" ", text))
    return Line(_unwrap_renderer(_CLASS.sub(" ", _SLOT.sub(" ", text))), device, chip or before)


def _find_device(text: str) -> str | None:
    """The PCI id of the GPU, with its revision where the line says it."""
    pair = _PAIR.search(text) or _VEN_DEV.search(text)
    if pair is not None:
        vendor, device = pair[1], pair[2]
        revision = pair[3] if pair.re is _PAIR else None
    elif board := _AMD_BOARD.match(text):
        return f"1002:{board[1]}:{board[2]}"
    else:
        ids = [found for found in (*_UNNAMED.findall(text), *_HEX.findall(text)) if found not in MAKER_BY_ID]
        stated = next((found for found in _HEX.findall(text) if found in MAKER_BY_ID), _find_maker(text))
        if not ids or stated is None:
            return None
        vendor, device, revision = stated, ids[0], None
    found = _REVISION.search(text)
    revision = revision or (found[1] if found else None)
    return f"{vendor}:{device}:{revision}" if revision else f"{vendor}:{device}"


def _choose_bracket(text: str) -> tuple[str, str | None]:
    """The name in square brackets where there is one, and what stands before it."""
    brackets = [found for found in _BRACKETS.finditer(text) if not _ID_BRACKET.fullmatch(found[1])]
    is_listed = "corporation" in text or "[amd" in text or "advanced micro" in text
    names = [found for found in brackets if _NAMES_GPU.search(found[1]) or (is_listed and found is brackets[-1])]
    if not names:
        return _BRACKETS.sub(lambda found: " " if _ID_BRACKET.fullmatch(found[1]) else found[0], text), None
    before = _BRACKETS.sub(" ", _CLASS.sub(" ", _SLOT.sub(" ", text[: names[0].start()])))
    maker = MAKER_BY_ID.get(_find_maker(text) or "", "")
    return f"{maker} {' | '.join(found[1] for found in names)}", before.strip() or None


def _find_maker(text: str) -> str | None:
    """The PCI id of the maker that the text names."""
    return next((vendor for vendor, _, words in _MAKERS if words.search(text)), None)


def _unwrap_renderer(text: str) -> str:
    """Take the name out of an OpenGL, Direct3D, Vulkan or ANGLE string."""
    start = text.find("angle (")
    if start >= 0:
        parts = text[start + len("angle (") :].rstrip(") ").split(",")
        text = parts[0] if len(parts) == 1 else f"{parts[0]} {parts[1]}"
        text = text.replace("angle metal renderer:", " ")
    text = _VULKAN_DEVICE.sub(r"\1", text)
    tail = _RENDERER_TAIL.search(text)
    return text[: tail.start()] if tail and tail.start() > 0 else text
