import pytest

from gpu_kedro.contracts.v1.queries import GpuQuery, GpuSpecs
from streamlit_app.widgets.amounts import describe_field, read_amount

PRICE = describe_field(GpuQuery, "price_usd")
CLOCK = describe_field(GpuSpecs, "boost_clock_mhz")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("299,99", 299.99),
        ("299.99", 299.99),
        ("1.299,50", 1299.5),
        ("1,299.50", 1299.5),
        ("1,299", 1299),
        ("1.299", 1299),
        ("1 299", 1299),
        ("$329", 329),
        ("", None),
        ("-", None),
    ],
)
def test_a_price_means_what_it_says(typed, meant):
    assert read_amount(typed, "price_usd", PRICE) == meant


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("299 €", "in another currency than US dollars"),
        ("cheap", "not a number"),
        ("0", "0 is not between 0.01 and 1e"),
        ("1e9", "is not between"),
        ("-300", "-300 is not between"),
    ],
)
def test_what_is_no_price_is_refused_with_the_reason(typed, words):
    with pytest.raises(ValueError, match=r".") as caught:
        read_amount(typed, "price_usd", PRICE)
    assert words in str(caught.value)


def test_a_mark_before_three_digits_is_refused_where_it_may_be_either():
    with pytest.raises(ValueError, match="thousands or decimals"):
        read_amount("1.695", "boost_clock_mhz", CLOCK)
    assert read_amount("1,7 GHz", "boost_clock_mhz", CLOCK) == 1700
