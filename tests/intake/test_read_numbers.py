import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import open_gpus, read_notes, read_values, to_excel

from gpu_kedro.domain.observations.dates import read_moment
from gpu_kedro.domain.observations.files import open_observations, read_rows
from gpu_kedro.intake.numbers import find_units, read_number, read_year


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("329", 329.0), ("329.99", 329.99), ("329,00", 329.0), ("$329", 329.0), ("$ 1,299.00", 1299.0),
        ("1.299,00", 1299.0), ("1 299,00 $", 1299.0), ("US$ 329", 329.0), ("329 USD", 329.0), ("329,-", 329.0),
        ("1'299.50", 1299.5), ("1.234.567", 1234567.0), ("0,125", 0.125), ("-5", -5.0), ("1e3", 1000.0),
        ("３２９", 329.0), ("1\u00a0299", 1299.0), ("n/a", None), ("–", None), ("", None), ("unbekannt", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mark", [".", ",", None])
def test_a_number_that_can_be_read_in_one_way_is_read_so_whatever_the_column(text, value, mark):
    assert read_number(text, mark, find_units("price_usd")) == value


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [("1.299", ".", 1.299), ("1.299", ",", 1299.0), ("1,299", ".", 1299.0), ("1,299", ",", 1.299)],
)
def test_three_digits_behind_a_mark_follow_the_column(text, mark, value):
    assert read_number(text, mark, {}) == value


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("abc", "not a number"), ("inf", "not a number"), ("١٢", "not a number"), ("1,2,3", "not a number"),
        ("12,34,567", "not a number"), ("170-200", "not a number"), ("5 MHz", "in another unit than w"),
        (True, "not a number"), (datetime.date(2020, 1, 1), "not a number"), ("9" * 401, "not a number"),
    ],
)  # fmt: skip
def test_what_is_no_number_says_why(cell, why):
    with pytest.raises(ValueError, match=why):
        read_number(cell, ".", find_units("tdp_w"))


@pytest.mark.parametrize("text", ["329,00 €", "EUR 329", "£329", "329 CHF", "CA$ 329", "329元"])
def test_another_currency_is_not_taken_for_dollars(text):
    with pytest.raises(ValueError, match="another currency"):
        read_number(text, ".", find_units("price_usd"))


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("tdp_w", "170 W", 170.0),
        ("tdp_w", "0.17 kW", 170.0),
        ("spec_boost_clock_mhz", "1.7 GHz", 1700.0),
        ("spec_memory_size_gb", "6144 MB", 6.0),
        ("spec_memory_bus_bits", "192-bit", 192.0),
        ("g3d_mark", "900 pts", 900.0),
    ],
)
def test_a_unit_of_the_field_is_understood(field, text, value):
    assert read_number(text, ".", find_units(field)) == value


@pytest.mark.parametrize(
    ("cell", "year"),
    [("2021", 2021.0), ("2021-05-03", 2021.0), ("3.5.2021", 2021.0), (datetime.date(2020, 1, 2), 2020.0), ("", None)],
)
def test_a_date_is_its_year(cell, year):
    assert read_year(cell) == year


@pytest.mark.parametrize("cell", ["x", "2020-2021", 2020.5])
def test_what_is_no_year_says_so(cell):
    with pytest.raises(ValueError, match="not a year"):
        read_year(cell)


@pytest.mark.parametrize(
    ("prices", "read", "mark"),
    [
        (["329,00", "1.299"], [329.0, 1299.0], ","),
        (["329.00", "1,299"], [329.0, 1299.0], "."),
        (["1.299", "2.499", "899"], [1299.0, 2499.0, 899.0], ","),
        (["329,00", "329.00", "12"], [329.0, 329.0, 12.0], "."),
    ],
)
def test_a_file_s_own_convention_decides(prices, read, mark):
    table = open_gpus(("GPU;Preis\n" + "".join(f"RTX 3060;{price}\n" for price in prices)).encode())
    assert (read_values(table, "price_usd"), table.decimal_mark) == (read, mark)


def test_the_other_columns_tell_where_a_column_does_not():
    table = open_gpus(b"GPU;price;G3Dmark\nRTX 3060;1.299;17.000,5\nGTX 970;2.499;9.000,25\n")
    assert read_values(table, "price_usd") == [1299.0, 2499.0]


def test_a_column_that_writes_both_costs_only_the_cells_that_stay_unclear():
    table = open_gpus(b"GPU;price\nRTX 3060;329,00\nRTX 3070;499.00\nRTX 3080;1.299\n")
    assert read_values(table, "price_usd") == [329.0, 499.0, None]
    assert list(read_notes(table)) == [4]


def test_a_currency_in_the_header_holds_for_its_column():
    table = open_gpus("GPU;Preis (€)\nRTX 3060;329,00\nGTX 970;\n".encode())
    assert read_values(table, "price_usd") == [None, None]
    assert read_notes(table) == {2: ["price_usd: in another currency than US dollars"]}


def test_a_column_of_currencies_holds_for_the_prices_beside_it():
    table = open_gpus(
        b"currency,GPU,price,TDP\nUSD,RTX 3060,329,170\nEUR,GTX 970,200,145\n,GTX 980,210,165\nXYZ,GTX 960,99,120\n"
    )
    assert read_values(table, "price_usd") == [329.0, None, 210.0, None]
    assert read_values(table, "tdp_w") == [170.0, 145.0, 165.0, 120.0]
    assert list(read_notes(table)) == [3, 5]


def test_a_column_of_currencies_is_converted_where_a_rate_is_given():
    content = "name,price,currency\nRTX 3060,329,€\nGTX 970,200,usd\n".encode()
    rows = [row.observation for row in read_rows(open_observations(content, rates={"EUR": 1.1}), read_moment(2026))]
    assert [row.figures["price_usd"] for row in rows] == pytest.approx([361.9, 200.0])


def test_numbers_and_dates_of_excel_are_read_as_they_are():
    rows = [
        ["GPU", "Price", "Test date"],
        ["RTX 3060", 329.5, datetime.date(2021, 3, 4)],
        ["GTX 970", "1,299.00", 2015],
    ]
    table = open_gpus(to_excel(rows))
    assert read_values(table, "price_usd") == [329.5, 1299.0]
    assert read_values(table, "test_year") == [2021.0, 2015.0]


@settings(deadline=None)
@given(
    st.none()
    | st.text()
    | st.floats()
    | st.integers()
    | st.booleans()
    | st.dates()
    | st.binary()
    | st.decimals(allow_nan=False),
    st.sampled_from([".", ",", None]),
)  # fmt: skip
def test_any_cell_is_a_number_nothing_or_says_why(cell, mark):
    try:
        value = read_number(cell, mark, find_units("price_usd"))
    except ValueError:
        return
    assert value is None or isinstance(value, float)


@settings(deadline=None)
@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999999"), places=2))
def test_a_price_is_read_the_same_in_every_way_it_is_written(price):
    american = f"{price:,.2f}"
    german = american.replace(",", "x").replace(".", ",").replace("x", ".")
    swiss, plain = american.replace(",", "'"), f"{price:.2f}"
    units = find_units("price_usd")
    read = {read_number(text, mark, units) for text in (american, german, swiss, plain) for mark in (".", ",", None)}
    assert read == {float(price)}
