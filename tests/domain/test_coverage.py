"""Names that get no figures, and why."""

import pytest

from gpu_kedro.domain.coverage import find_refusal
from gpu_kedro.domain.names.parser import parse_name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "not_a_gpu"),
        ("Microsoft Basic Display Adapter", "not_a_gpu"),
        ("llvmpipe (LLVM 15.0.7, 256 bits)", "not_a_gpu"),
        ("Apple M2 Pro", "not_covered"),
        ("Adreno 730", "not_covered"),
        ("Mali-G78", "not_covered"),
    ],
)
def test_a_name_that_cannot_be_answered_says_why(name: str, code: str) -> None:
    refusal = find_refusal(parse_name(name))
    assert refusal is not None
    assert refusal.code == code
    assert refusal.detail.endswith(".")


@pytest.mark.parametrize("name", ["GeForce RTX 3060", "Radeon RX 580", "Intel UHD 630", "RTX 3060M"])
def test_a_gpu_is_not_refused(name: str) -> None:
    assert find_refusal(parse_name(name)) is None
