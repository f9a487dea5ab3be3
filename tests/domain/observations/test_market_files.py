"""Files of observations are read as PassMark, shops and price trackers write them."""

import pytest

from gpu_kedro.domain.observations.dates import Moment
from gpu_kedro.domain.observations.files import open_observations, read_rows


def read(text: str, rates: dict[str, float] | None = None, default: Moment | None = None):
    return list(read_rows(open_observations(text.encode(), rates=rates), default))


def figures(text: str, **options):
    return [None if row.observation is None else dict(row.observation.figures) for row in read(text, **options)]


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("Videocard Name,Passmark G3D Mark (higher is better),TDP (W),Test date", "RTX 5070,29000,250,2026",
         {"g3d_mark": 29000.0, "tdp_w": 250.0}),
        ("gpuName,G3Dmark,G2Dmark,price,TDP,testDate", "RTX 5070,29000,1200,,250,2026",
         {"g3d_mark": 29000.0, "g2d_mark": 1200.0, "tdp_w": 250.0}),
        ("Title;Sold price;Sold on;Item condition;Shop", "RTX 3060;$1,299.00;06.03.2026;Used;ebay",
         {"price_usd": 1299.0}),
        ("Grafikkarte;Preis;Datum;Zustand;Händler", "RTX 3060;1299,00;2026-03;gebraucht;x", {"price_usd": 1299.0}),
    ],
)  # fmt: skip
def test_headers_of_exports_shops_and_trackers_are_known(header, row, expected):
    assert figures(f"{header}\n{row}\n") == [expected]


def test_another_currency_is_refused_without_a_rate():
    text = "name;price;date\nRTX 3060;1.299,00 €;2026-03\n"
    (row,) = read(text)
    assert row.observation is None
    assert row.reason.startswith("price_usd: in another currency than US dollars")
    assert figures(text, rates={"EUR": 1.1}) == [{"price_usd": pytest.approx(1428.9)}]


def test_a_currency_in_the_header_is_that_of_bare_numbers_only():
    text = "name,Preis in €,date\nRTX 3060,200,2026\nRTX 3070,$330,2026\nRTX 3080,£100,2026\n"
    assert figures(text, rates={"EUR": 1.1}) == [
        {"price_usd": pytest.approx(220)}, {"price_usd": pytest.approx(330)}, None,
    ]  # fmt: skip


@pytest.mark.parametrize(("rates", "told"), [({"XYZ": 1.0}, "no currency 'XYZ'"), ({"EUR": 0}, "the rate of EUR is 0")])
def test_a_rate_that_is_none_is_refused(rates, told):
    with pytest.raises(ValueError, match=told):
        open_observations(b"name,price,date\nRTX 3060,3,2026\n", rates=rates)


def test_a_row_without_a_date_has_that_of_its_file():
    (row,) = read("name,price\nRTX 3060,200\n", default=Moment(2026, 3))
    assert row.observation is not None
    assert row.observation.moment == Moment(2026, 3)
    (row,) = read("name,price\nRTX 3060,200\n")
    assert row.reason == "no date; give a day, a month or a year"


def test_the_name_of_a_market_tells_the_condition():
    rows = read("name,price,date,market\nA,1,2026,ebay-used\nB,1,2026,new and used\nC,1,2026,shop\n")
    assert [row.observation and row.observation.condition for row in rows] == ["used", None, None]
