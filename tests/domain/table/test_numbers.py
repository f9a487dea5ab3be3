import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_kedro.domain.table.numbers import read_number
from gpu_kedro.domain.table.rules import MEASUREMENTS


@pytest.mark.parametrize(
    ("text", "column", "value", "rule"),
    [
        ("2099.99", "price_usd", 2099.99, None),
        ("2.1e3", "price_usd", 2100.0, None),
        (" 250 ", "tdp_w", 250.0, None),
        ("$1,299.00", "price_usd", 1299.0, "number_format"),
        ("\x1f1", "tdp_w", 1.0, "number_format"),
        ("US$ 1,299", "price_usd", 1299.0, "number_format"),
        ("1299 USD", "price_usd", 1299.0, "number_format"),
        ("1 299,00", "price_usd", 1299.0, "number_format"),
        ("1\u00a0299,00", "price_usd", 1299.0, "number_format"),
        ("1.299,00", "price_usd", 1299.0, "number_format"),
        ("1'299.50", "price_usd", 1299.5, "number_format"),
        ("449,99", "price_usd", 449.99, "number_format"),
        ("29,094", "g3d_mark", 29094.0, "number_format"),
        ("1.234.567", "g3d_mark", 1234567.0, "number_format"),
        ("29094 points", "g3d_mark", 29094.0, "number_format"),
        ("450 W", "tdp_w", 450.0, "number_format"),
        ("450W", "tdp_w", 450.0, "number_format"),
        ("0.45 kW", "tdp_w", 450.0, "number_format"),
        ("-$5", "price_usd", -5.0, "number_format"),
        ("2022-01-01", "test_year", 2022.0, "date_to_year"),
        ("01/02/2021", "test_year", 2021.0, "date_to_year"),
        ("2022-01-01 10:30:00", "test_year", 2022.0, "date_to_year"),
        ("2022.0", "test_year", 2022.0, None),
        ("2021.5", "test_year", None, "unreadable"),
        ("2019/2020", "test_year", None, "unreadable"),
        ("N/A", "price_usd", None, "placeholder"),
        ("-", "price_usd", None, "placeholder"),
        ("unknown", "tdp_w", None, "placeholder"),
        ("nan", "g3d_mark", None, "placeholder"),
        ("  ", "g3d_mark", None, "placeholder"),
        ("inf", "g3d_mark", None, "not_finite"),
        ("-Infinity", "g3d_mark", None, "not_finite"),
        ("1e999", "g3d_mark", None, "not_finite"),
        ("€ 299", "price_usd", None, "foreign_currency"),
        ("299 GBP", "price_usd", None, "foreign_currency"),
        ("C$399", "price_usd", None, "foreign_currency"),
        ("100-150", "price_usd", None, "unreadable"),
        ("about 300", "price_usd", None, "unreadable"),
        ("450 W", "price_usd", None, "unreadable"),
        ("1,29,900", "price_usd", None, "unreadable"),
        ("1_000", "price_usd", None, "unreadable"),
        ("١٢٣", "price_usd", None, "unreadable"),
        ("10²", "price_usd", None, "unreadable"),
    ],
)
def test_cell_is_read_as_one_number_or_refused(text, column, value, rule):
    assert read_number(text, column) == (value, rule)


@given(text=st.text(max_size=30), column=st.sampled_from(MEASUREMENTS))
def test_any_text_reads_as_a_finite_number_or_names_the_rule(text, column):
    value, rule = read_number(text, column)
    assert rule is not None if value is None else math.isfinite(value)
