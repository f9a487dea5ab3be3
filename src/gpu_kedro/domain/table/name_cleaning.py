"""Cleaning names: what is no GPU is rejected, garbled and localised names are repaired, doubtful ones are flagged."""

import re
from typing import NamedTuple

import pandas as pd

from gpu_kedro.domain.table.ledger import LedgerEntry
from gpu_kedro.domain.table.rules import PLACEHOLDERS, as_text, iterate_rows, record
from gpu_kedro.intake.numbers import ODD_CHARACTERS

#: Twice the longest name of a GPU; patterns take the square of the length at the worst.
_LONGEST_NAME = 300
_TRADEMARKS = re.compile(r"[™®©]|\((?:TM|R|C)\)", re.IGNORECASE)


class NamePattern(NamedTuple):
    """A rule on names as data: where the pattern is found the rule fires; repairs put `replacement` there."""

    rule: str
    pattern: re.Pattern[str]
    replacement: str = ""


def _pattern(rule: str, pattern: str, replacement: str = "") -> NamePattern:
    return NamePattern(rule, re.compile(pattern, re.IGNORECASE), replacement)


NAME_REJECTIONS: tuple[NamePattern, ...] = (
    _pattern("not_a_gpu", r"\bmiracast\b|\bBASIC ?DISPLAY\b|\bbasic (display|render)|^standard VGA\b"),
    _pattern("not_a_gpu", r"\b(citrix|vmware|virtualbox|parallels|hyper-v|xen|openxt|qxl|virtio|bochs)\b"),
    _pattern(
        "not_a_gpu", r"\b(remote (display|desktop)|RDPUDD|RDPDD|teamviewer|splashtop|spacedesk|parsec|dameware)\b"
    ),
    _pattern(
        "not_a_gpu",
        r"\bLMIMIRR|\bmirrorv?\d*\b|\b(mirror|indirect|virtual|dummy) (display|adapter|driver)|\bIdd\w*Driver",
    ),
    _pattern("not_a_gpu", r"\bdisplaylink\b|\bUSB ?[23](\.\d)?\b.*\b(device|display|adapter)\b"),
    _pattern("not_a_gpu", r"\b(llvmpipe|softpipe|swiftshader|lavapipe)\b"),
    _pattern("fake_gpu", r"^GeForce 999 GTX$"),
)
NAME_REPAIRS: tuple[NamePattern, ...] = (
    _pattern("mangled_name", r"^zxcv(?=Intel)"),
    _pattern("mangled_name", r"\bRadeon ?T\b|\bRadeon TM\b|\bRadeon\.(?= )", "Radeon"),
    _pattern("mangled_name", r"\bHD (?=HD ?\d{4})"),
    _pattern("driver_prefix", r"^TENSOR [\d.]+ Driver (?=Intel)|^AMIGAMERLIN \S+ For (?=Voodoo)"),
    _pattern(
        "localised_name", r"^(Mobile )?Intel - (?:famiglia )?Express Chipset (\S+)$", r"\1Intel \2 Express Chipset"
    ),
    _pattern("localised_name", r"^Famille de jeu de puces Express Intel (\S+)$", r"Intel \1 Express Chipset"),
    _pattern("localised_name", r"^Familia (?=Intel)"),
    _pattern("localised_name", r"^Mobile Intel serie (\d) Express$", r"Mobile Intel \1 Express Chipset"),
    _pattern("localised_name", r"-Chipsatz(familie)?$", " Chipset"),
    _pattern("localised_name", r"^Seria (.+)$", r"\1 Series"),
    _pattern("localised_name", r"(-serie| Serisi)$", " Series"),
    _pattern("localised_name", r" serie (\d{4})$", r" \1 Series"),
    _pattern("missing_space", r"\b(GeForce|Intel|HD|GT|RX)(?=\d{3})|\b(Go)(?=\d{4})|\b(Vega)(?=\d\d)", r"\1\2\3 "),
)
NAME_FLAGS: tuple[NamePattern, ...] = (
    _pattern("modified_driver", r"^PHDGD\b|^Intel (Infoshock|Poison)|Radeon Infoshock|\bmodd?ed\b|\bMOD\b|^MONSTER\b"),
    _pattern("modified_driver", r"^Professional HD Driver$|^RGH Drivers|^9xx Soldiers|^Master X3100 Driver$"),
    _pattern("modified_driver", r"\b970XM FORCE$|\bKY_Bullet Edition$|^AMIGAMERLIN\b|^TENSOR [\d.]+ Driver\b"),
    _pattern("unnamed_model", r"^(15FF|3DP Edition|EG PARK|B8DKMDAP|Q12U-1|Custom GPU \d+|GeForce GPU|MxGPU)$"),
    _pattern(
        "unnamed_model",
        r"^(Radeon|Radeon Pro|Dell \d+|ASUS A7000)$|^Intel (HD manual|i gfx-driver|UHD ReleaseInternal)",
    ),
)
# Parts of a processor or chipset. Intel's Iris Xe MAX is a card; Vega 16 and above are cards or on-package chips.
INTEGRATED = re.compile(
    r"\bIntel (82|[QGB]\d\d|U?HD\b|Iris (?!Xe MAX)|Media|GMA)|^Mobile Intel\b"
    r"|\bVega ([2-9]|1[01])\b|\bRyzen\b|\bRadeon R\d( (PRO )?(A\d+|FX|Opteron)[ -].*)?$"
    r"|\bRadeon HD \d{4}[GD]\b|\bRadeon HD (62[59]0|63[12]0|73[14]0)$|^Radeon (2100|3[01]00)$|^ION\b",
    re.IGNORECASE,
)
_SECOND_GPU = re.compile(r" \+ |\bDual\b", re.IGNORECASE)


def clean_names(raw: pd.DataFrame, ledger: list[LedgerEntry]) -> pd.DataFrame:
    """Reject what is no GPU; add `reported_name` (verbatim), `listed_name` (tidy) and `name` (repaired)."""
    rows = raw.rename(columns={"name": "reported_name"})
    kept, listed_names, names = [], [], []
    for position, row in enumerate(iterate_rows(rows[["source_row", "reported_name"]])):
        reported = as_text(row["reported_name"]) or ""
        listed = tidy_name(reported)
        if rejection := _find_rejection(listed):
            ledger.append(record(row, "name", rejection, row["reported_name"]))
            continue
        if listed != reported:
            ledger.append(record(row, "name", "tidy_text", reported, listed))
        name = listed
        for rule, pattern, replacement in NAME_REPAIRS:
            # looking first is six times as fast as replacing nothing
            if pattern.search(name) and (repaired := pattern.sub(replacement, name).strip()) != name:
                ledger.append(record(row, "name", rule, name, repaired))
                name = repaired
        flags = {rule: None for rule, pattern, _ in NAME_FLAGS if pattern.search(listed) or pattern.search(name)}
        ledger.extend(record(row, "name", flag, name, name) for flag in flags)
        kept.append(position)
        listed_names.append(listed)
        names.append(name)
    return rows.iloc[kept].assign(listed_name=pd.array(listed_names, dtype="str"), name=pd.array(names, dtype="str"))


def tidy_name(name: str) -> str:
    """Without trademark signs, odd characters and repeated spaces."""
    return " ".join(_TRADEMARKS.sub(" ", name.translate(ODD_CHARACTERS)).split())


def _find_rejection(name: str) -> str | None:
    is_name = len(name) <= _LONGEST_NAME and any(char.isalnum() for char in name)
    if not is_name or name.casefold() in PLACEHOLDERS:
        return "no_name"
    return next((rule for rule, pattern, _ in NAME_REJECTIONS if pattern.search(name)), None)


def is_integrated(name: str) -> bool:
    """Whether a name is surely graphics inside a processor or chipset, so that price and power are not its own."""
    return bool(INTEGRATED.search(name)) and not _SECOND_GPU.search(name)
