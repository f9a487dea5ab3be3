import pytest

from gpu_kedro.modelling.formatting import format_count, format_factor, format_number, format_share, reads_as_figure


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (format_share(0.1454), "14.5 %"),
        (format_share(None), "–"),
        (format_share(float("nan")), "–"),
        (format_number(-0.0123), "−0.012"),
        (format_count(2307.0), "2,307"),
        (format_factor(2.17), "×/÷ 2.96"),
        (format_factor(None), "–"),
    ],
)
def test_numbers_read_well(written: str, expected: str):
    assert written == expected


@pytest.mark.parametrize("cell", ["2,307", "−0.012", "14.5 %", "×/÷ 2.96", "–", "1.42e+04", "96.3 % exact"])
def test_a_cell_of_figures_is_recognised(cell: str):
    assert reads_as_figure(cell)


@pytest.mark.parametrize("cell", ["", "3D performance", "0 or 1", "RX 580", "2010–2014"])
def test_a_cell_of_words_is_not_a_figure(cell: str):
    assert not reads_as_figure(cell)
