"""Names of GPUs by their PCI id, from the two registers that Linux reads them from.

`pci.ids` (the PCI ID Project) names every device; libdrm's `amdgpu.ids` names AMD's by revision too, where one id
covers several products ("Navi 23 [Radeon RX 6600/6600 XT/6600M]").
"""

import re
from collections.abc import Mapping

from gpu_kedro.domain.names.machine_lines import MAKER_BY_ID
from gpu_kedro.domain.names.parser import ParsedName, parse_name

_VENDOR = re.compile(r"([0-9a-f]{4})  ")
_DEVICE = re.compile(r"\t([0-9a-f]{4})  (.+)")
_AMD_DEVICE = re.compile(r"([0-9A-F]{4}),\s*([0-9A-F]{2}),\s*(.+)")
#: Whole processors and their other devices stand in the register too.
_IS_GPU = re.compile(
    r"geforce|radeon|quadro|tesla|titan|\b[rg]tx\b|\bnvs\b|grid|firepro|firegl|instinct|graphics|\barc\b|\biris\b"
    r"|\[(?:[ahl]\d{2,3}|t\d{3,4}|mi\d+|cmp|jetson)",
    re.IGNORECASE,
)


def read_pci_ids(text: str) -> dict[str, str]:
    """The GPUs of a `pci.ids` file: `10de:1b80` → "nvidia GP104 [GeForce GTX 1080]"."""
    names: dict[str, str] = {}
    vendor = ""
    for line in text.splitlines():
        if found := _VENDOR.match(line):
            vendor = found[1]
        elif vendor in MAKER_BY_ID and (device := _DEVICE.fullmatch(line)) and _IS_GPU.search(device[2]):
            names[f"{vendor}:{device[1]}"] = f"{MAKER_BY_ID[vendor]} {device[2]}"
    return names


def read_amdgpu_ids(text: str) -> dict[str, str]:
    """The GPUs of an `amdgpu.ids` file: `1002:73ff:c1` → "AMD Radeon RX 6600"."""
    found = filter(None, map(_AMD_DEVICE.fullmatch, map(str.strip, text.splitlines())))
    return {f"1002:{device[1]}:{device[2]}".lower(): device[3] for device in found}


def name_device(device: str | None, names: Mapping[str, str]) -> ParsedName | None:
    """What the register calls a PCI id, read as a name; None where it does not know it."""
    if device is None:
        return None
    name = names.get(device) or names.get(device[:9])
    return parse_name(name) if name else None
