"""Names that get no figures, and why."""

import pytest

from gpu_kedro.domain.coverage import Refusal
from gpu_kedro.domain.identify import read_gpu
from gpu_kedro.domain.specs.matching import SpecIndex


def _refuse(name: str, index: SpecIndex) -> Refusal:
    refusal = read_gpu(name, index).refusal
    assert refusal is not None
    return refusal


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("", "not_a_gpu", "The name has no letters and no digits; give the name of a GPU."),
        ("🙂", "not_a_gpu", "The name has no letters and no digits; give the name of a GPU."),
        (
            "Microsoft Basic Display Adapter",
            "not_a_gpu",
            "This is a display driver or a virtual adapter, no GPU.",
        ),
        ("Intel Xeon Platinum 8380", "not_a_gpu", "This is a processor, no GPU."),
        ("Dell Latitude 7420", "not_a_gpu", "This is a computer, no GPU; name the card in it."),
        ("Google TPU v5e", "not_a_gpu", "This is a tensor or neural processor, no GPU."),
        ("a garden chair", "not_a_gpu", "This text names no GPU that is known here."),
        (
            "Apple M2 Pro",
            "not_covered",
            "GPUs of Apple are not covered: the benchmark table has none or too few of them.",
        ),
        (
            "Mali-G78",
            "not_covered",
            "GPUs of Arm (Mali) are not covered: the benchmark table has none or too few of them.",
        ),
    ],
)
def test_a_name_that_cannot_be_answered_says_why(index: SpecIndex, name: str, code: str, told: str) -> None:
    assert _refuse(name, index)[:2] == (code, told)


@pytest.mark.parametrize(
    ("processor", "graphics"),
    [
        ("Intel Core i7-1185G7", "Iris Xe Graphics G7 96EU Mobile"),
        ("i5-8265U", "UHD Graphics 620 Mobile"),
        ("Intel(R) Core(TM) i7-6700HQ CPU @ 2.60GHz", "HD Graphics 530 Mobile"),
        ("Core i9-12900K", "UHD Graphics 770"),
        ("Core Ultra 7 155H", "Arc Graphics 128EU Mobile"),
        ("i3-1005G1", "UHD Graphics G1 32EU Mobile"),
    ],
)
def test_a_processor_is_answered_with_its_graphics(index: SpecIndex, processor: str, graphics: str) -> None:
    assert _refuse(processor, index).did_you_mean == (graphics,)
    assert index.match(graphics).spec_name == graphics


def test_a_processor_without_graphics_offers_none(index: SpecIndex) -> None:
    assert _refuse("Intel Core i5-12400F", index).did_you_mean == ()


def test_a_text_that_names_nothing_is_answered_with_what_is_near(index: SpecIndex) -> None:
    assert "Voodoo Graphics 4 MB" in _refuse("Vodoo Grafics", index).did_you_mean


@pytest.mark.parametrize(
    "name",
    [
        "GeForce RTX 3060",
        "Intel UHD 630",
        "RTX 3060M",
        "GeForce RTX 9090",
        "DisplayLink hub with GeForce RTX 3060",
        "Dell Latitude with Quadro T500",
        "MacBook Pro, Radeon Pro 560X",
    ],
)
def test_a_gpu_is_not_refused(index: SpecIndex, name: str) -> None:
    assert read_gpu(name, index).refusal is None
