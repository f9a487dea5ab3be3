import hashlib
import re
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from promises import promise

from gpu_kedro.domain.errors import RawDataError
from gpu_kedro.domain.table.raw_table import read_gpu_table

RAW = Path(__file__).parents[3] / "data" / "01_raw"
HEADER = "gpuName,G3Dmark,G2Dmark,price,TDP,testDate,category"
ROW = "GeForce GTX 1060,10000,700,299.99,120,2016,Desktop"
TABLE = f"{HEADER}\n{ROW}\nRadeon VII,16000,900,,300,2019,Unknown\n"


def read(text, encoding="utf-8"):
    return read_gpu_table(text.encode(encoding), file="gpus.csv")


def test_cells_stay_text_under_the_project_names():
    rows = read(TABLE).rows
    assert rows.to_dict("list") | {"price_usd": rows["price_usd"].fillna("missing").tolist()} == {
        "source_row": [2, 3],
        "name": ["GeForce GTX 1060", "Radeon VII"],
        "g3d_mark": ["10000", "16000"],
        "g2d_mark": ["700", "900"],
        "price_usd": ["299.99", "missing"],
        "tdp_w": ["120", "300"],
        "test_year": ["2016", "2019"],
        "category": ["Desktop", "Unknown"],
    }


def test_the_project_table_is_read_whole():
    table = read_gpu_table(RAW / "gpu_benchmarks.csv")
    assert len(table.rows) == 2317
    assert table.rows["source_row"].iloc[-1] == 2318
    assert table.ignored_columns == ()


def test_data_card_names_the_file_it_describes():
    stated = re.search(r"sha256: `([0-9a-f]{64})`", (RAW / "README.md").read_text("utf-8"))
    assert stated is not None
    assert stated.group(1) == hashlib.sha256((RAW / "gpu_benchmarks.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encoding_separator_and_line_ends_do_not_matter(encoding, separator, newline):
    text = TABLE.replace("Radeon VII", "Radéon VII").replace(",", separator).replace("\n", newline)
    table = read(text, encoding)
    assert table.rows["name"].tolist() == ["GeForce GTX 1060", "Radéon VII"]
    assert table.rows["price_usd"].iloc[0] == "299.99"
    assert table.rows["source_row"].tolist() == [2, 3]
    assert table.separator == separator


def test_decimal_comma_of_the_file_becomes_a_point():
    text = "gpuName;G3Dmark;G2Dmark;price;TDP;testDate;category\nA;10.000;700;1.299,00;120;2016;Desktop\n"
    table = read(text + "B;9000;600;299,9;75,5;01.02.2017;Desktop\n")
    assert table.decimal_mark == ","
    assert table.rows["g3d_mark"].tolist() == ["10000", "9000"]
    assert table.rows["price_usd"].tolist() == ["1299.00", "299.9"]
    assert table.rows["tdp_w"].tolist() == ["120", "75.5"]
    assert table.rows["test_year"].tolist() == ["2016", "01.02.2017"]


@pytest.mark.parametrize("change", [str.lower, str.upper, lambda name: f" {name} "])
def test_columns_are_known_in_any_case(change):
    header = ",".join(change(name) for name in HEADER.split(","))
    assert read(TABLE.replace(HEADER, header)).rows.equals(read(TABLE).rows)


def write_workbook(table: pd.DataFrame, path: Path) -> None:
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"about": ["exported in May"]}).to_excel(book, sheet_name="cover", index=False)
        table.to_excel(book, sheet_name="GPUs", index=False)


@pytest.mark.parametrize(("ending", "write"), [("xlsx", write_workbook), ("parquet", pd.DataFrame.to_parquet)])
def test_excel_and_parquet_give_the_rows_of_the_csv(tmp_path: Path, ending: str, write):
    table = pd.read_csv(RAW / "gpu_benchmarks.csv")
    write(table, tmp_path / f"gpus.{ending}")
    typed = read_gpu_table(tmp_path / f"gpus.{ending}")
    text = read_gpu_table(RAW / "gpu_benchmarks.csv")
    assert (typed.ignored_columns, typed.decimal_mark) == ((), ".")
    numbers = ["g3d_mark", "g2d_mark", "price_usd", "tdp_w", "test_year"]
    pd.testing.assert_frame_equal(typed.rows.drop(columns=numbers), text.rows.drop(columns=numbers))
    pd.testing.assert_frame_equal(typed.rows[numbers].astype(float), text.rows[numbers].astype(float))


def test_the_date_of_a_workbook_is_written_out_and_short_rows_are_filled(tmp_path: Path):
    columns = HEADER.split(",")
    rows = [
        ["GeForce GTX 1060", 10000, 700, 299.99, 120, datetime(2016, 7, 19), "Desktop"],
        ["Radeon VII", 16000, *[None] * 5],
    ]
    pd.DataFrame(rows, columns=columns).to_excel(tmp_path / "gpus.xlsx", index=False)
    read_back = read_gpu_table(tmp_path / "gpus.xlsx").rows
    assert read_back["test_year"].tolist()[0] == "2016-07-19"
    assert read_back["price_usd"].tolist()[0] == "299.99"
    assert read_back.iloc[1].isna().tolist() == [False, False, False, True, True, True, True, True]


def test_thousands_commas_in_a_semicolon_file_are_left_to_cleaning():
    table = read("gpuName;G3Dmark;G2Dmark;price;TDP;testDate;category\nA;10,000;700;299.99;120;2016;Desktop\n")
    assert table.decimal_mark == "."
    assert table.rows["g3d_mark"].tolist() == ["10,000"]


def test_columns_in_any_order_and_extra_ones_are_listed():
    text = "id,category,TDP,price,G2Dmark,G3Dmark,testDate,gpuName,gpuValue,powerPerformance,note\n"
    table = read(text + "7,Desktop,120,299.99,700,10000,2016,GeForce GTX 1060,33.33,83.33,x\n")
    assert table.ignored_columns == ("id", "note")
    assert table.rows.iloc[0].to_dict() == {
        "source_row": 2,
        "name": "GeForce GTX 1060",
        "g3d_mark": "10000",
        "g2d_mark": "700",
        "price_usd": "299.99",
        "tdp_w": "120",
        "test_year": "2016",
        "category": "Desktop",
        "reported_g3d_per_dollar": "33.33",
        "reported_g3d_per_watt": "83.33",
    }


def test_source_row_counts_lines_of_the_file_not_records():
    rows = read(f'{HEADER}\n\n"two\nlines",1,1,,,2016,Unknown\n\n{ROW}\n').rows
    assert rows["source_row"].tolist() == [3, 6]
    assert rows["name"].tolist() == ["two\nlines", "GeForce GTX 1060"]


BROKEN = {
    "empty file": (b"", ["gpus.csv", "empty", "complete table"]),
    "only a byte order mark": (b"\xef\xbb\xbf", ["gpus.csv", "empty"]),
    "only spaces": (b" \n\n", ["gpus.csv", "empty"]),
    "header only": (f"{HEADER}\n".encode(), ["gpus.csv", "only a header", "complete table"]),
    "renamed column": (
        TABLE.replace("G3Dmark", "G3Dmarks").encode(),
        ["gpus.csv", "'G3Dmark', row 1", "'G3Dmarks'", "did you mean 'G3Dmark'?"],
    ),
    "misspelt column": (TABLE.replace("TDP", "TDPs").encode(), ["'TDP'", "'TDPs'", "did you mean 'TDP'?"]),
    "missing column": (
        b"gpuName,G3Dmark,G2Dmark,price,testDate\nA,1,1,1,2016\n",
        ["gpus.csv", "'TDP'", "so are 'category'", "add it"],
    ),
    "duplicate column": (
        f"{HEADER},price\n{ROW},1\n".encode(),
        ["gpus.csv", "'price', row 1", "2 times", "keep one"],
    ),
    "row too long": (f"{TABLE}Card, 8 GB,1,1,,,2016,Unknown\n".encode(), ["row 4", "8 cells", "7", "quote cells"]),
    "row too short": (f"{TABLE}Card,1\nCard,2\n".encode(), ["row 4", "2 cells", "1 other rows", "complete short rows"]),
    "unclosed quote": (f'{TABLE}"Card,1,1,,,2016,Unknown\n'.encode(), ["row 4", "broken quoting", "close or double"]),
    "binary": (f"{TABLE}\x00\x01\x02\n".encode(), ["gpus.csv", "row 4", "binary", "CSV UTF-8"]),
    "UTF-16 without its mark": (TABLE.encode("utf-16-le"), ["gpus.csv", "binary", "CSV UTF-8"]),
    "cut UTF-16": (TABLE.encode("utf-16")[:-1], ["gpus.csv", "not readable as utf-16", "CSV UTF-8"]),
    "no encoding": (TABLE.encode() + b"\xff\x81\x8d", ["gpus.csv", "not readable as text", "CSV UTF-8"]),
    "damaged Excel workbook": (b"PK\x03\x04 xlsx", ["gpus.csv", "Excel", "damaged", "save it again as .xlsx or .csv"]),
    "damaged Parquet": (b"PAR1 and no more", ["gpus.csv", "Parquet", "damaged", "write it again"]),
    "gzip": (b"\x1f\x8b\x08\x00", ["gpus.csv", "gzip", "unpack"]),
    "web page": (b"<!DOCTYPE html>\n<html></html>", ["gpus.csv", "not a CSV", "<!DOCTYPE html>", "download the CSV"]),
    "JSON": (b'[{"gpuName": "A"}]', ["gpus.csv", "not a CSV", "download the CSV"]),
    "prose": (b"Dear all,\nhere is the table.\n", ["gpus.csv", "row 1", "not the benchmark table", "gpuName,G3Dmark"]),
    "no header": (f"{ROW}\n".encode(), ["gpus.csv", "row 1", "must be the header"]),
    "two decimal marks": (
        f"{HEADER}\n{ROW}\nB,1,1,\n".replace("B,1,1,", "B,1,1,299|99,,2016,Unknown")
        .replace(",", ";")
        .replace("|", ",")
        .encode(),
        ["gpus.csv", "'price', row 3", "comma", "point in row 2", "one way"],
    ),
}


@promise("data.broken", "words that the refusal of a broken file lacks: which file, where, what to do", at_most=0)
@pytest.mark.parametrize(("content", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_file_is_refused_in_one_line(measured, content, words):
    with pytest.raises(RawDataError) as caught:
        read_gpu_table(content, file="gpus.csv")
    message = str(caught.value)
    assert "\n" not in message
    lacking = [word for word in words if word not in message]
    measured("data.broken", len(lacking), f"{len(BROKEN)} kinds of broken files")
    assert lacking == []


def test_missing_file_is_named(tmp_path):
    with pytest.raises(RawDataError, match=r"nowhere\.csv: no such file; check the path"):
        read_gpu_table(tmp_path / "nowhere.csv")


def test_folder_instead_of_a_file_is_named(tmp_path):
    with pytest.raises(RawDataError, match="is a folder; give the path of the file inside it"):
        read_gpu_table(tmp_path)
