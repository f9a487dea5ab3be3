import csv
import io
import random
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import to_excel

CSV = {"content-type": "text/csv"}
PARQUET = {"content-type": "application/vnd.apache.parquet"}
TSV = "text/tab-separated-values"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ADDRESS = "/v1/predict/file"


def read(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def pack(**columns):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def test_csv_comes_back_with_predictions_and_its_own_columns(client, version):
    answer = client.post(ADDRESS, content="shop,name,tdp_w\nMine,GeForce RTX 3070,220\n", headers=CSV)
    (row,) = read(answer)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert (row["shop"], row["name"], row["model_version"], row["error"]) == ("Mine", "GeForce RTX 3070", version, "")
    single = client.post("/v1/predict", json={"name": "GeForce RTX 3070", "tdp_w": 220}).json()
    assert float(row["g3d_mark_value"]) == pytest.approx(single["g3d_mark"]["value"], rel=1e-9)


@pytest.mark.parametrize(
    ("row", "note"),
    [
        ("RTX 3070,abc", "tdp_w: not a number"),
        ("RTX 3070,inf", "tdp_w: not a number"),
        ("RTX 3070,1e999", "tdp_w: Input should be a finite number"),
        ("RTX 3070,-5", "tdp_w: Input should be greater than or equal to 0.01"),
        ("RTX 3070,١٢", "tdp_w: not a number"),
        ("RTX 3070", "the row has 1 of 2 cells"),
        ("RTX 3070,12 MHz", "tdp_w: in another unit than w"),
    ],
)
def test_a_cell_that_cannot_be_read_costs_that_cell(client, row, note):
    good, odd, also_good = read(client.post(ADDRESS, content=f"name,tdp_w\nA,1\n{row}\nGTX 970,145\n", headers=CSV))
    assert (good["notes"], odd["notes"], also_good["notes"]) == ("", note, "")
    assert (good["error"], odd["error"], also_good["error"]) == ("", "", "")
    assert odd["match_spec"] == "GeForce RTX 3070"


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (",220", "has neither a name nor a specification"),
        ("RTX 3070,220,1", "has 3 cells, but the header has 2"),
        ("R\x00TX,220", "name: must hold a visible character and no control characters"),
    ],
)
def test_a_bad_row_has_its_reason_and_the_others_go_on(client, row, error):
    good, bad, also_good = read(client.post(ADDRESS, content=f"name,tdp_w\nA,1\n{row}\nGTX 970,145\n", headers=CSV))
    assert (good["error"], bad["error"], also_good["error"]) == ("", error, "")
    assert (good["row"], bad["row"], also_good["row"]) == ("2", "3", "4")
    assert bad["g3d_mark_value"] == ""
    assert float(also_good["g3d_mark_value"]) > 0


def test_the_table_of_kaggle_is_scored_as_it_is(client):
    header = "gpuName,G3Dmark,G2Dmark,price,gpuValue,TDP,powerPerformance,testDate,category"
    content = f"{header}\nGeForce RTX 3060,17000,950,329.99,51.5,170,100,2021,Desktop\n"
    (row,) = read(client.post(ADDRESS, content=content, headers=CSV))
    single = {"name": "GeForce RTX 3060", "g3d_mark": 17000, "g2d_mark": 950, "price_usd": 329.99, "tdp_w": 170}
    told = client.post("/v1/predict", json={**single, "test_year": 2021}).json()
    assert (row["error"], row["notes"], row["category"]) == ("", "", "Desktop")
    assert float(row["price_usd_predicted"]) == pytest.approx(told["price_usd"]["predicted"], rel=1e-9)


def test_a_german_file_is_answered_in_its_own_convention(client):
    content = "Bestand 2024\n\nNr;Grafikkarte;Preis;TDP\n1;RTX 3060;1.299,00;170 W\n".encode("cp1252")
    answer = client.post(ADDRESS, content=content, headers=CSV)
    header, row = csv.reader(io.StringIO(answer.text), delimiter=";")
    told = dict(zip(header, row, strict=True))
    assert (told["Preis"], told["row"], told["match_spec"]) == ("1.299,00", "4", "GeForce RTX 3060 12 GB")
    assert re.fullmatch(r"[0-9]+(,[0-9]+)?", told["g3d_mark_predicted"])


def test_tab_separated_values_come_back_as_such(client):
    answer = client.post(ADDRESS, content="GPU\tTDP\nRTX 3070\t220\n", headers={"content-type": TSV})
    assert answer.headers["content-type"] == f"{TSV}; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answer.text), delimiter="\t")
    assert (row["match_spec"], row["error"]) == ("GeForce RTX 3070", "")


def test_a_workbook_is_answered_as_csv(client):
    book = to_excel([["Fleet of ACME"]], [["No", "Graphics card"], [], [7, "RTX 3070"]])
    for answer in (
        client.post(ADDRESS, content=book, headers={"content-type": EXCEL}),
        client.post(ADDRESS, files={"file": ("fleet.xlsx", book)}),
    ):
        (row,) = read(answer)
        assert (row["No"], row["row"], row["match_spec"]) == ("7", "3", "GeForce RTX 3070")


def test_a_body_is_what_its_type_says(client, problem):
    problem(client.post(ADDRESS, content="name\nRTX 3070\n", headers={"content-type": EXCEL}), 400)


@pytest.mark.parametrize("column", ["second", "2"])
def test_a_request_may_say_which_column_holds_the_names(client, problem, column):
    content = "GPU,Second\nRTX 3060,GTX 970\n"
    (row,) = read(client.post(ADDRESS, content=content, headers=CSV, params={"column": column}))
    assert row["match_spec"] == "GeForce GTX 970"
    told = problem(client.post(ADDRESS, content=content, headers=CSV, params={"column": "third"}), 422)
    assert told["detail"] == "the file has no column of the name that was chosen: its columns are `GPU`, `Second`"


def test_columns_of_one_s_own_keep_their_names(client):
    content = "GPU,row,error,segment\nRTX 3070,1,none,mine\n"
    (row,) = read(client.post(ADDRESS, content=content, headers=CSV))
    assert (row["row"], row["error"], row["segment"]) == ("1", "none", "mine")
    assert (row["gpu_row"], row["gpu_error"], row["gpu_segment"]) == ("2", "", "Desktop")


def test_a_sheet_in_columns_is_enough(client):
    (row,) = read(client.post(ADDRESS, content="spec_shading_units,spec_is_mobile\n4608,true\n", headers=CSV))
    assert (row["error"], row["match_kind"]) == ("", "sheet")


def test_a_cell_that_a_spreadsheet_would_run_is_disarmed_and_numbers_are_not(client):
    content = "name,=note,offset\nRTX 3070,\"=cmd|'/c calc'!A1\",-5\n@x,+1+1,+3e2\n"
    first, second = read(client.post(ADDRESS, content=content, headers=CSV))
    assert (first["'=note"], first["offset"]) == ("'=cmd|'/c calc'!A1", "-5")
    assert (second["name"], second["'=note"], second["offset"]) == ("'@x", "'+1+1", "+3e2")


def test_a_line_end_in_a_cell_begins_no_row(client):
    content = 'name,own\nRTX 3070,"a\rb"\nRTX 3060,"b\n=1+1"\n'
    answer = client.post(ADDRESS, content=content, headers=CSV)
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["own"] for row in rows] == ["a\rb", "b\n'=1+1"]
    assert [row["row"] for row in rows] == ["2", "4"]


def test_blank_lines_and_a_byte_order_mark_are_passed_over(client):
    rows = read(client.post(ADDRESS, content="\ufeffname\r\nRTX 3070\r\n\r\nGTX 970\r\n\r\n", headers=CSV))
    assert [row["name"] for row in rows] == ["RTX 3070", "GTX 970"]


def test_more_rows_than_a_part_holds_stay_in_order(client):
    names = [f"GeForce RTX 3070 {place}" for place in range(4500)]
    rows = read(client.post(ADDRESS, content="\n".join(["name", *names]), headers=CSV))
    assert [row["name"] for row in rows] == names


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"\n", 422),
        (b"name\n", 422),
        (b"title,price\nred,2\n", 422),
        (b"name,name\na,b\n", 422),
        (b"\x00\x01\x02\x00", 400),
        (b"<html><table><tr><td>RTX 3070", 400),
        (b'[{"name": "RTX 3070"}]', 400),
        (b'name\n"never ends\n', 400),
        (b"PK\x03\x04 no workbook", 400),
        (b"\xd0\xcf\x11\xe0 an old workbook", 400),
        (b"name\n" + b"x" * 200_000, 400),
        (b"name" + b"," * 200_000 + b"\n", 422),
        (b'name,own\n"a\n",' + b'"\n",' * 100_000, 422),
    ],
)
def test_a_file_that_cannot_be_scored_is_refused_as_a_whole(client, problem, content, status):
    problem(client.post(ADDRESS, content=content, headers=CSV), status)


def test_a_file_of_too_many_rows_is_refused(open_client, problem):
    client = open_client(max_file_rows=2)
    told = problem(client.post(ADDRESS, content="name\na\nb\nc\n", headers=CSV), 422)
    assert told["detail"] == "the file has more than 2 rows: split it"


def test_empty_lines_are_passed_over_but_not_millions_of_them(client, problem):
    answer = client.post(ADDRESS, content="name\nRTX 3070" + "\n" * 1_000_000, headers=CSV)
    assert answer.status_code == 200
    assert len(list(csv.reader(io.StringIO(answer.text, newline="")))) == 2
    told = problem(client.post(ADDRESS, content="name\nRTX 3070" + "\n" * 2_000_000, headers=CSV), 422)
    assert told["detail"] == "the file has more than 2,000,000 lines: leave empty lines out, or split it"


def test_parquet_comes_back_as_parquet_with_its_types(client):
    content = pack(name=["GeForce RTX 3070", None, "GTX 970"], tdp_w=[220, 1, -1], mine=pa.array([1, 2, 3], pa.int8()))
    answer = client.post(ADDRESS, content=content, headers=PARQUET)
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    table = pq.read_table(io.BytesIO(answer.content))
    assert table.schema.field("mine").type == pa.int8()
    assert table.schema.field("name").type == pa.string()
    assert table.column("error").to_pylist() == [None, "has neither a name nor a specification", None]
    assert table.column("notes").to_pylist()[2] == "tdp_w: Input should be greater than or equal to 0.01"
    assert table.column("row").to_pylist() == [1, 2, 3]
    single = client.post("/v1/predict", json={"name": "GeForce RTX 3070", "tdp_w": 220}).json()
    assert table.column("g3d_mark_value")[0].as_py() == pytest.approx(single["g3d_mark"]["value"], rel=1e-9)


def test_a_large_file_alone_is_answered_whatever_it_keeps_in_memory(client):
    """Its bytes, its texts, which are kept for as long as it is read, and an answer as large as itself."""
    chance = random.Random(1)
    texts = [f"{chance.getrandbits(1320):x}" for _ in range(55_000)]
    file = io.BytesIO()
    table = pa.table({"name": ["RTX 3070", "RX 6600"] * 27_500, "note": texts})
    pq.write_table(table, file, compression="none", dictionary_pagesize_limit=40_000_000)
    assert 18_000_000 < file.tell() < 20_000_000
    answer = client.post(ADDRESS, content=file.getvalue(), headers=PARQUET)
    assert answer.status_code == 200
    assert pq.read_table(io.BytesIO(answer.content)).column("note").to_pylist() == texts


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
)
def test_parquet_texts_of_every_type_come_back_as_they_were(client, kind):
    names = pa.array(["GeForce RTX 3070", None, "GTX 970"]).cast(kind)
    answer = client.post(ADDRESS, content=pack(name=names), headers=PARQUET)
    table = pq.read_table(io.BytesIO(answer.content))
    assert table.schema.field("name").type == kind
    assert table.column("name").to_pylist() == ["GeForce RTX 3070", None, "GTX 970"]
    assert table.column("error").to_pylist()[::2] == [None, None]


#: Made where they are used: some are large, and each worker imports this file.
REFUSED = {
    "mark alone": (lambda: b"PAR1", 400),
    "text": (lambda: b"name\nRTX 3070\n", 400),
    "cut off": (lambda: pack(name=["a"])[:-9], 400),
    "not UTF-8": (lambda: pack(name=["a"], owner=["b"]).replace(b"owner", b"own\xff\xff"), 400),
    "no names": (lambda: pack(title=["a"]), 422),
    "no rows": (lambda: pack(name=pa.array([], pa.string())), 422),
    "lists": (lambda: pack(name=["a"], nested=[[1, 2]]), 422),
    "500 MB of names": (lambda: pack(name=["x" * 1_000_000] * 500), 422),
    "30 MB of large names": (lambda: pack(name=pa.array(["x" * 1_000_000] * 30, pa.large_string())), 422),
    "30 MB of one name": (lambda: pack(name=pa.array(["x" * 1_000_000] * 30).dictionary_encode()), 422),
    "long bytes": (lambda: pack(name=["a"], own=pa.array([b"x" * 1000], pa.binary(1000))), 422),
}


@pytest.mark.parametrize(("make", "status"), REFUSED.values(), ids=REFUSED)
def test_parquet_that_cannot_be_scored_is_refused(client, problem, make, status):
    problem(client.post(ADDRESS, content=make(), headers=PARQUET), status)


def test_a_form_may_hold_either_format(client):
    (row,) = read(client.post(ADDRESS, files={"file": ("gpus.csv", "name\nRTX 3070\n", "application/octet-stream")}))
    assert row["error"] == ""
    answer = client.post(ADDRESS, files={"file": ("gpus.parquet", pack(name=["RTX 3070"]))})
    assert pq.read_table(io.BytesIO(answer.content)).num_rows == 1


def test_a_form_holds_one_file(client, problem):
    two = [("file", ("a.csv", "name\na\n")), ("file", ("b.csv", "name\nb\n"))]
    assert problem(client.post(ADDRESS, files=two), 422)["detail"] == "the form holds 2 files: send one"
    problem(client.post(ADDRESS, data={"a": "b"}, files={"x": (None, "y")}), 422)


@pytest.mark.parametrize(
    ("content_type", "content", "status"),
    [
        ("application/json", b"{}", 415),
        ("text/csv; charset=latin-1", b"name\na\n", 415),
        ("multipart/form-data", b"name\na\n", 400),
        ("multipart/form-data; boundary=x", b"name\na\n", 400),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n", 400),
    ],
)
def test_another_kind_of_body_is_refused(client, problem, content_type, content, status):
    problem(client.post(ADDRESS, content=content, headers={"content-type": content_type}), status)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.text(alphabet='name,spec_tdp_w"\n\r=-0é\x00', max_size=200).map(str.encode))
def test_no_file_breaks_the_service(client, content):
    for headers in (CSV, PARQUET, {"content-type": "multipart/form-data; boundary=0"}):
        assert client.post(ADDRESS, content=content, headers=headers).status_code in (200, 400, 422)
