import math
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from promises import promise
from pydantic import ValidationError
from raw_rows import COLUMNS, TOLERANT, clean, events, row, table

from gpu_kedro.domain.errors import LedgerError, NotLearnableError, RawDataError
from gpu_kedro.domain.table.cleaning import CLEAN_COLUMNS, clean_gpus, require_learnable
from gpu_kedro.domain.table.ledger import LedgerEntry, summarise_ledger, tabulate_ledger
from gpu_kedro.domain.table.options import CleaningOptions
from gpu_kedro.domain.table.raw_table import read_gpu_table
from gpu_kedro.domain.table.rules import MEASUREMENTS, RULES
from gpu_kedro.domain.table.schemas import CleanGpus, RawGpus

RAW_FILE = Path(__file__).parents[3] / "data" / "01_raw" / "gpu_benchmarks.csv"


@pytest.fixture(scope="module")
def raw():
    return read_gpu_table(RAW_FILE).rows


@pytest.fixture(scope="module")
def cleaned(raw):
    return clean_gpus(raw, CleaningOptions())


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"g3d_mark": "0"}, "not_positive"),
        ({"tdp_w": "-75"}, "not_positive"),
        ({"g3d_mark": "123456789"}, "implausible"),
        ({"g2d_mark": "10000"}, "implausible"),
        ({"price_usd": "1000000000"}, "implausible"),
        ({"tdp_w": "100 kW"}, "implausible"),
        ({"test_year": "1890"}, "implausible"),
        ({"test_year": "2150"}, "implausible"),
        ({"price_usd": "N/A"}, "placeholder"),
    ],
)
def test_what_cannot_be_believed_becomes_missing_and_the_row_stays(change, rule):
    (column,) = change
    gpus, ledger = clean(row(**change))
    assert gpus[column].isna().tolist() == [True]
    assert events(ledger) == [(column, rule, "set_missing")]
    assert ledger["old_value"].tolist() == [change[column]]


def test_price_of_a_collectors_item_is_set_missing():
    gpus, ledger = clean(row(name="Dell 8100", g3d_mark="2", price_usd="999.11"), row())
    assert gpus.loc[gpus["price_usd"].isna(), "name"].tolist() == ["Dell 8100"]
    assert ledger.loc[ledger["rule"] == "scarcity_price", "detail"].item() == "499.6 USD per point, more than 10"


def test_integrated_graphics_have_no_price_of_their_own_and_the_power_of_the_package():
    gpus, ledger = clean(row(name="Radeon HD 7660D", tdp_w="100"))
    assert gpus["price_usd"].isna().item()
    assert gpus["tdp_w"].item() == 100.0
    assert events(ledger) == [
        ("price_usd", "whole_machine_price", "set_missing"),
        ("tdp_w", "package_tdp", "flagged"),
    ]


@pytest.mark.parametrize(
    ("category", "segments", "rules"),
    [
        ("Desktop", "Desktop", []),
        ("Mobile, Workstation", "Mobile, Workstation", []),
        ("Workstation, Mobile", "Mobile, Workstation", ["segment_format"]),
        ("workstation/desktop", "Desktop, Workstation", ["segment_format"]),
        ("Desktop, Desktop", "Desktop", ["segment_format"]),
        ("Desktop, Unknown", "Desktop", ["segment_format"]),
        ("Unknown", None, ["unknown_segment"]),
        ("N/A", None, ["unknown_segment"]),
        (None, None, []),
    ],
)
def test_segments_have_one_spelling(category, segments, rules):
    gpus, ledger = clean(row(category=category))
    assert [None if pd.isna(value) else value for value in gpus["segments"]] == [segments]
    assert ledger["rule"].tolist() == rules


def test_unknown_category_label_is_refused_with_a_suggestion():
    with pytest.raises(RawDataError, match=r"column 'category', row 3: 'Dekstop' .* did you mean 'Desktop'\?"):
        clean(row(), row(category="Mobile, Dekstop"))


def test_mostly_unusable_column_is_refused():
    rows = [row(name=f"GeForce GT {number}", price_usd="Desktop" if number < 3 else "100") for number in range(10)]
    with pytest.raises(RawDataError, match=r"column 'price', row 2: 'Desktop' .* 3 of 10 values; .* right column"):
        clean(*rows, options=CleaningOptions())


def test_a_few_unusable_cells_are_only_set_missing():
    rows = [row(name=f"GeForce GT {number}", price_usd="Desktop" if number < 2 else "100") for number in range(10)]
    assert clean(*rows, options=CleaningOptions()).gpus["price_usd"].isna().sum() == 2


def test_ratios_of_the_file_are_checked_and_dropped():
    gpus, ledger = clean(
        row(name="A1"),
        row(name="B1"),
        row(name="C1", price_usd=None),
        reported_g3d_per_dollar=["33.33", "50", "50"],
        reported_g3d_per_watt=["83.33", "83.33", None],
    )
    assert tuple(gpus.columns) == CLEAN_COLUMNS
    assert ledger[["source_row", "column", "rule", "action", "detail"]].to_numpy().tolist() == [
        [3, "reported_g3d_per_dollar", "derived_ratio", "flagged", "g3d_mark / price_usd is 33.33"]
    ]


@pytest.mark.parametrize(
    ("category", "message"),
    [("Unknown", "no GPU has a known value"), ("Mobile", "all 2 known values are 'Mobile'; there is nothing to tell")],
)
def test_a_single_class_cannot_be_learned(category, message):
    gpus = clean(row(name="A1", category=category), row(name="B1", category=category)).gpus
    with pytest.raises(NotLearnableError, match=message):
        require_learnable(gpus)


def test_two_classes_can_be_learned():
    require_learnable(clean(row(name="A1", category="Mobile"), row(name="B1")).gpus)


@pytest.mark.parametrize(
    "options",
    [{"max_price": 10}, {"max_tdp_w": -1}, {"max_price_usd": math.nan}, {"min_test_year": 2020, "max_test_year": 2010}],
)
def test_wrong_options_are_refused(options):
    with pytest.raises(ValidationError):
        CleaningOptions(**options)


def test_inputs_are_not_changed(raw):
    before = raw.copy(deep=True)
    clean_gpus(raw, CleaningOptions())
    assert_frame_equal(raw, before)


@pytest.mark.parametrize("seed", [1, 2])
def test_order_of_rows_and_columns_does_not_matter(raw, cleaned, seed):
    shuffled = raw.sample(frac=1, random_state=seed).sample(frac=1, axis=1, random_state=seed)
    again = clean_gpus(shuffled, CleaningOptions())
    assert_frame_equal(again.gpus, cleaned.gpus)
    assert_frame_equal(again.ledger, cleaned.ledger)


def test_the_clean_table_does_not_depend_on_the_order_of_the_file(raw, cleaned):
    reversed_file = raw.assign(source_row=raw["source_row"].to_numpy()[::-1])
    again = clean_gpus(reversed_file, CleaningOptions()).gpus
    assert_frame_equal(again.drop(columns="source_row"), cleaned.gpus.drop(columns="source_row"))


def test_the_project_table_keeps_its_own_order(cleaned):
    assert cleaned.gpus["source_row"].is_monotonic_increasing


CENTS = {"price_usd": lambda price: f"{100 * float(price):.0f}"}
KILOWATTS = {"tdp_w": lambda power: str(float(power) / 1000)}


def in_other_units(raw, change, share):
    """The table with a share of a column's values in another unit, and the lines of these values."""
    ((column, convert),) = change.items()
    chosen = raw[column].dropna().sample(frac=share, random_state=7).index
    changed = raw[column].astype(object)
    changed.loc[chosen] = [convert(value) for value in changed.loc[chosen]]
    return raw.assign(**{column: changed.astype("str")}), set(raw.loc[chosen, "source_row"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (CENTS, r"column 'price', row 2: .* of 5\d\d values; check .* its unit"),
        (
            KILOWATTS,
            r"column 'TDP', row 2: '0.45' is implausible \(outside of 1 to 2000; it must be in watts.* its unit",
        ),
    ],
    ids=["cents", "kW"],
)
def test_a_column_in_another_unit_is_refused(raw, change, words):
    with pytest.raises(RawDataError, match=words):
        clean_gpus(in_other_units(raw, change, 1.0)[0], CleaningOptions())


@promise("data.units", "values in cents or kW among others that the ledger names, set missing", at_least=95, unit="%")
@pytest.mark.parametrize(("change", "least"), [(CENTS, 0.95), (KILOWATTS, 1.0)], ids=["cents", "kW"])
@pytest.mark.parametrize("share", [0.02, 0.1])
def test_values_in_another_unit_are_set_missing_and_their_rows_named(measured, raw, change, least, share):
    (column,) = change
    changed, lines = in_other_units(raw, change, share)
    gpus, ledger = clean_gpus(changed, CleaningOptions())
    told = ledger[(ledger["column"] == column) & ledger["action"].eq("set_missing") & ledger["source_row"].isin(lines)]
    measured("data.units", 100 * len(told) / len(lines), "cents and kW, 2 % and 10 % of the values of the whole table")
    assert len(told) >= least * len(lines)
    assert gpus.loc[gpus["source_row"].isin(told["source_row"]), column].isna().all()


def test_a_price_far_above_those_of_like_cards_says_that_it_may_be_in_cents():
    rows = [row(name=f"Card {number}", g3d_mark=str(9000 + number), price_usd="300") for number in range(40)]
    gpus, ledger = clean(*rows, row(name="Odd one", g3d_mark="9020", price_usd="29900"))
    assert gpus.loc[gpus["price_usd"].isna(), "name"].tolist() == ["Odd one"]
    assert ledger[["rule", "action", "detail"]].to_numpy().tolist() == [
        [
            "atypical_price",
            "set_missing",
            "100 times the 300 USD that cards of a like score cost here: "
            "divide it by 100 if it is in cents, else look at the source",
        ]
    ]


def test_project_table_keeps_all_but_ten_rows(raw, cleaned):
    RawGpus.validate(raw, lazy=True)
    CleanGpus.validate(cleaned.gpus, lazy=True)
    summary = summarise_ledger(cleaned.ledger, rows_in=2317, rows_kept=len(cleaned.gpus))
    assert (summary["rows_kept"], summary["rows_rejected"]) == (2307, 10)


def test_data_card_states_how_often_each_rule_fires(cleaned):
    card = (RAW_FILE.parent / "README.md").read_text("utf-8")
    stated = {rule: int(count.replace(",", "")) for rule, count in re.findall(r"\| `(\w+)`: [^|]+\| ([\d,]+) \|", card)}
    assert stated == cleaned.ledger["rule"].value_counts().to_dict()


def test_every_rule_has_its_own_id():
    assert len({rule.id for rule in RULES}) == len(RULES)


def entry(source_row, action="rejected"):
    return LedgerEntry(source_row, "A", "name", "not_a_gpu", action, "A", None, "")


def test_books_that_do_not_balance_are_refused():
    with pytest.raises(LedgerError, match="3 rows came in, but 1 were kept and 1 rejected"):
        summarise_ledger(tabulate_ledger([entry(2)]), rows_in=3, rows_kept=1)


def test_a_row_is_rejected_once():
    with pytest.raises(LedgerError, match="row 2 is rejected twice"):
        summarise_ledger(tabulate_ledger([entry(2), entry(2)]), rows_in=3, rows_kept=1)


def test_summary_counts_by_rule():
    ledger = tabulate_ledger([entry(2), entry(3)])
    assert summarise_ledger(ledger, rows_in=5, rows_kept=3) == {
        "rows_in": 5,
        "rows_kept": 3,
        "rows_rejected": 2,
        "by_rule": [{"rule": "not_a_gpu", "action": "rejected", "column": "name", "entries": 2}],
    }


NAMES = st.sampled_from(
    [
        "GeForce GTX 1060",
        "geforce gtx 1060",
        "RadeonT RX 5300",
        "Radeon RX 5300",
        "Radeon HD4650",
        "BASICDISPLAY",
        "A--2",
    ]
) | st.text(max_size=12)
NUMBERS = st.sampled_from(
    ["1", "10.5", "$1,299.00", "450 W", "N/A", "-3", "1e9", "1e999", "inf", "449,99", "2016", "2022-01-01", "1890", "x"]
) | st.text(max_size=6)
CATEGORIES = st.sampled_from(["Desktop", "mobile", "Workstation, Mobile", "Unknown", "Desktop, Mobile"])
ROWS = st.lists(
    st.tuples(*(st.none() | cells for cells in (NAMES, *[NUMBERS] * len(MEASUREMENTS), CATEGORIES))), max_size=12
)


def as_plain_number(text):
    try:
        value = float(text)
    except ValueError:
        return None
    return value if re.fullmatch(r"[0-9.eE+-]+", text.strip()) else None


def is_same(before, after):
    if pd.isna(before) or pd.isna(after):
        return pd.isna(before) and pd.isna(after)
    return before == after or as_plain_number(str(before)) == after


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS)
def test_ledger_accounts_for_every_row_and_every_difference(rows):
    raw = table(*rows)
    gpus, ledger = clean_gpus(raw, TOLERANT)
    CleanGpus.validate(gpus, lazy=True)
    rejected = set(ledger.loc[ledger["action"] == "rejected", "source_row"])
    assert set(gpus["source_row"]) | rejected == set(raw["source_row"])
    assert set(gpus["source_row"]) & rejected == set()
    changed = set(
        ledger.loc[ledger["action"].isin(["repaired", "set_missing"]), ["source_row", "column"]].itertuples(
            index=False, name=None
        )
    )
    before = raw.set_index("source_row")
    after = gpus.rename(columns={"segments": "category"}).set_index("source_row")
    different = {
        (source_row, column)
        for source_row in after.index
        for column in COLUMNS
        if not is_same(before.loc[source_row, column], after.loc[source_row, column])
    }
    assert different <= changed
