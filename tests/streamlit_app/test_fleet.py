import io
from functools import partial

import pytest
from app_pages import plain
from openpyxl import Workbook, load_workbook

from streamlit_app.backends.cached import Asker
from streamlit_app.backends.opening import open_backend
from streamlit_app.fleet.advice import advise, total
from streamlit_app.fleet.files import read_fleet, write_csv, write_workbook
from streamlit_app.fleet.scoring import Fleet, recognise_names
from streamlit_app.settings import Settings

FILE = (
    b"asset,name,tdp_w\n"
    b"1,GeForce RTX 3060,\n"
    b"2,gefroce gtx 970,145\n"
    b"3,,\n"
    b"4,qwertz 123,\n"
    b"5,GeForce GTX 980,much\n"
    b"6,GeForce GTX 1080,180,9,9\n"
    b'7,"=HYPERLINK(""http://x"")",\n'
    b"8,GeForce RTX 3060 Laptop GPU,\n"
)


def read_rows(at):
    """The table of scored rows."""
    (table,) = [frame.value for frame in at.dataframe if "Taken for" in frame.value]
    return table


def _score(bundles, content, chunk_rows):
    """A scored list, and the shares that were done on the way."""
    backend = open_backend(Settings(bundles=bundles))
    backend.read_version()
    done = Fleet(read_fleet(content, partial(recognise_names, backend=backend), max_rows=100, max_bytes=10_000))
    return done, list(done.score(backend, chunk_rows))


@pytest.fixture
def fleet(bundles):
    done, shares = _score(bundles, FILE, 3)
    assert shares == [3 / 8, 6 / 8, 1.0]
    return done


def test_a_bad_row_has_its_error_and_the_others_go_on(fleet):
    assert [row["error"] is None for row in fleet.scored] == [True, True, False, True, True, False, True, True]
    errors = [row["error"] for row in fleet.scored if row["error"]]
    assert errors == ["has neither a name nor a specification", "has 5 cells, but the header has 3"]
    assert fleet.scored[4]["notes"].startswith("tdp_w: not a number")
    assert [row["row"] for row in fleet.scored] == [2, 3, 4, 5, 6, 7, 8, 9]


def test_rows_come_back_in_their_order_with_their_columns_first(fleet):
    assert fleet.header()[:3] == ["asset", "name", "tdp_w"]
    rows = [dict(zip(fleet.header(), row, strict=True)) for row in fleet.rows()]
    assert [row["asset"] for row in rows] == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert [row[0] for row in fleet.unread()] == [4, 5, 7, 8]
    assert "not a GPU" in rows[3]["look_first"]


def test_a_row_without_a_model_is_offered_names_that_come_close(bundles):
    done, _ = _score(bundles, b"name\nGeForce RTX 4075\nqwertz 123\n", 9)
    assert done.scored[0]["did_you_mean"].startswith("GeForce RTX 4070")
    assert done.scored[0]["look_first"] == "no known model; GeForce RTX 4070?"
    assert (done.scored[1]["did_you_mean"], done.scored[1]["look_first"]) == (None, "not a GPU")


def test_a_row_has_its_match_and_its_figures(fleet):
    row = fleet.scored[0]
    assert row["taken_for"] == "GeForce RTX 3060 12 GB"
    assert (row["confidence"], row["confidence_in_words"]) == (0.99, "sure")
    assert row["g3d_mark_source"] == "measured"
    assert fleet.scored[1]["taken_for"] == "GeForce GTX 970"


def test_a_column_is_found_by_what_the_service_makes_of_its_cells(bundles):
    done, _ = _score(bundles, b"who,what,where\nme,ThinkPad T480,RTX 3060\nyou,Latitude 5420,GTX 970\n", 9)
    assert [row["taken_for"] for row in done.scored] == ["GeForce RTX 3060 12 GB", "GeForce GTX 970"]


def test_what_is_told_of_a_served_market_is_no_column(bundles, monkeypatch):
    backend = open_backend(Settings(bundles=bundles))
    backend.read_version()
    answer = backend.predict_columns
    monkeypatch.setattr(backend, "predict_columns", lambda columns: {**answer(columns), "market_notes": []})
    done = Fleet(read_fleet(b"name\nRTX 3060\n", None, max_rows=100, max_bytes=10_000))
    assert list(done.score(backend, 9)) == [1.0]
    assert done.scored[0]["taken_for"] == "GeForce RTX 3060 12 GB"


def test_columns_of_the_file_are_never_overwritten(bundles):
    done, _ = _score(bundles, b"name,segment\nRTX 3060,mine\n", 9)
    (row,) = [dict(zip(done.header(), row, strict=True)) for row in done.rows()]
    assert (row["segment"], row["gpu_segment"]) == ("mine", "Desktop")


def test_the_page_scores_an_upload_and_offers_it_back(open_page, asks_service):
    at = open_page("fleet")
    assert not at.exception
    at.file_uploader[0].set_value(("fleet.csv", FILE, "text/csv")).run()
    assert not at.exception
    assert [metric.value for metric in at.metric][:2] == ["8", "4"]
    table = read_rows(at)
    assert table["Row"].tolist()[:2] == [4, 7]
    assert [button.label for button in at.get("download_button")] == ["Download CSV", "Download Excel"]
    at.toggle(key="look").set_value(True).run()
    assert len(read_rows(at)) == 4


def test_the_page_asks_which_column_holds_the_names(open_page, asks_service):
    at = open_page("fleet")
    at.file_uploader[0].set_value(("a.csv", b"id,what\n1,blurb\n", "text/csv")).run()
    assert "choose the one" in at.info[0].value
    next(box for box in at.selectbox if box.label == "Column with the GPUs").set_value(1).run()
    assert not at.exception
    assert read_rows(at)["GPU"].tolist() == ["blurb"]


def test_another_column_can_be_chosen_on_the_page(open_page, asks_service):
    at = open_page("fleet")
    at.file_uploader[0].set_value(("a.csv", b"GPU,second\nRTX 3060,GTX 970\n", "text/csv")).run()
    assert read_rows(at)["Taken for"].tolist() == ["GeForce RTX 3060 12 GB"]
    next(box for box in at.selectbox if box.label == "Column with the GPUs").set_value(1).run()
    assert read_rows(at)["Taken for"].tolist() == ["GeForce GTX 970"]


def test_a_file_that_is_too_long_is_refused_with_the_limit(open_page, monkeypatch, bundles):
    monkeypatch.setenv("GPU_KEDRO_BUNDLES", str(bundles))
    monkeypatch.setenv("GPU_KEDRO_APP_MAX_FILE_ROWS", "5")
    at = open_page("fleet")
    at.file_uploader[0].set_value(("fleet.csv", FILE, "text/csv")).run()
    assert not at.exception
    assert "more than 5 rows" in plain(at.error[0].value)


def test_rows_without_an_answer_have_no_figures_and_say_why(bundles):
    content = b"name,tdp_w\nGeForce RTX 3060,\nApple M2 Pro,\nMicrosoft Basic Display Adapter,15\nRadeon RX 6600,90\n"
    done, _ = _score(bundles, content, 9)
    known, apple, adapter, given = done.scored
    assert [row["answer"] for row in done.scored] == ["full", "none", "none", "full"]
    assert (apple["reason"], apple["look_first"]) == ("not covered by the data", "not covered by the data")
    assert adapter["reason"] == "not a GPU"
    for row in (apple, adapter):
        assert [row[target] for target in ("g3d_mark", "price_usd", "tdp_w")] == [None] * 3
    assert (known["tdp_w_source"], given["tdp_w"], given["tdp_w_source"]) == ("measured", 90, "given")
    header = done.header()
    second = dict(zip(header, done.rows()[1], strict=True))
    assert (second["answer"], second["price_usd"], second["price_usd_low_90"]) == ("none", None, None)
    assert b"not covered by the data" in write_csv(header, done.rows())
    book = load_workbook(io.BytesIO(write_workbook(header, done.rows(), (done.unread_header(), done.unread()))))
    assert book.sheetnames == ["GPUs", "Not read"]
    assert [row[0].value for row in book["Not read"].iter_rows(min_row=2)] == [3, 4]


def test_added_columns_have_names_of_their_own(bundles):
    done, _ = _score(bundles, b"name,row,gpu_row,notes\nGeForce RTX 3060,a,b,c\n", 9)
    header = done.header()
    assert len(set(header)) == len(header)
    row = dict(zip(header, done.rows()[0], strict=True))
    assert (row["row"], row["gpu_row"], row["gpu_gpu_row"], row["notes"]) == ("a", "b", 2, "c")
    assert done.unread_header() == ["gpu_gpu_row", *done.table.columns, "why"]


def test_sums_leave_out_what_has_no_figure_and_count_it(open_page, asks_service):
    at = open_page("fleet")
    content = b"name\nGeForce RTX 3060\nApple M2 Pro\nMicrosoft Basic Display Adapter\nGeForce RTX 3060\n"
    at.file_uploader[0].set_value(("fleet.csv", content, "text/csv")).run()
    assert not at.exception
    shown = {metric.label: plain(metric.value) for metric in at.metric}
    assert (shown["Sum of 2 prices"], shown["Sum of 2 powers"]) == ("$658", "340 W")
    said = "".join(plain(caption.value) for caption in at.caption)
    assert "left out of its sum: 1 not covered by the data, 1 not a GPU" in said


LIST = b"""Asset,Graphics card,Count,Price
1,GeForce RTX 3070,2,"1.299,50"
2,GeForce GT 710,10,"49,90"
3,GeForce GTX 970M,3,
4,qwertz 123,5,
"""


@pytest.fixture
def counted(bundles):
    done, _ = _score(bundles, LIST, 9)
    return done


def test_counts_count(counted, bundles):
    assert [row["quantity"] for row in counted.scored] == [2, 10, 3, 5]
    power = total(counted, "tdp_w")
    first, second, third, _ = (row["tdp_w"] for row in counted.scored)
    assert power["count"] == 15
    assert power["value"] == pytest.approx(2 * first + 10 * second + 3 * third)
    odd, _ = _score(bundles, b"name,qty\nRTX 3060,0\nRTX 3060,many\n", 9)
    assert [row["quantity"] for row in odd.scored] == [1, 1]
    assert all("quantity" in row["notes"] for row in odd.scored)


def test_a_sum_of_predictions_has_an_interval(bundles):
    done, _ = _score(bundles, b"name,qty\nrtx 4070 laptop,40\nGeForce RTX 3070,2\n", 9)
    told = total(done, "price_usd")
    low, high = told["interval_80"]
    assert low < told["value"] < high
    assert told["count"] == 42


def test_what_is_too_slow_is_replaced_as_long_as_the_money_lasts(counted, bundles):
    backend = open_backend(Settings(bundles=bundles))
    known = Asker(backend, backend.read_version(), Settings(bundles=bundles)).priced_gpus()
    assert [one.action for one in advise(counted, known, None, None)] == ["keep", "keep", "keep", "look"]
    advice = advise(counted, known, 3000, None)
    assert [one.action for one in advice] == ["keep", "replace", "keep", "look"]
    card = known[known["name"] == advice[1].replacement].iloc[0]
    assert card["g3d_mark"] >= 3000
    assert card["tdp_w"] <= 75
    assert card["price_usd_source"] == "measured"
    poor = advise(counted, known, 3000, 9 * advice[1].price_usd)
    assert (poor[1].action, poor[1].why, poor[1].replacement) == ("replace", "beyond the budget", None)
    laptop = advise(counted, known, 19_000, None)[2]
    assert (laptop.action, laptop.why) == ("replace", "with its machine: a laptop's chip")


def test_a_row_is_corrected_in_place(counted, bundles):
    backend = open_backend(Settings(bundles=bundles))
    backend.read_version()
    counted.correct(3, "GeForce GTX 970", backend)
    row = dict(zip(counted.header(), counted.rows()[3], strict=True))
    assert row["Graphics card"] == "qwertz 123"
    assert row["corrected_to"] == row["taken_for"] == "GeForce GTX 970"
    assert row["quantity"] == 5
    assert counted.unread() == []


def test_the_page_without_a_file_is_an_example_to_play_with(open_page, asks_service):
    at = open_page("fleet")
    assert not at.exception
    assert at.header[0].value == "An example: eight kinds of computers"
    assert at.metric[0].value == "8"
    at = open_page("fleet", goal="3000", budget="90000")
    at.file_uploader[0].set_value(("a.csv", b"GPU,count\nGeForce GT 710,3\nGTX 970,1\n", "text/csv")).run()
    assert not at.exception
    slow, fast = read_rows(at)["What to do"]
    assert slow.startswith("replace: ")
    assert fast == "keep"
    assert any(metric.label.endswith("to replace") for metric in at.metric)


def test_cells_that_are_not_taken_are_told_above_the_rows(open_page, asks_service):
    at = open_page("fleet", goal="9000", budget="400")
    content = "GPU;Anzahl;Preis (€)\nGTX 970;-2;100\nRTX 3060;3;\nGTX 750 Ti;40;90\n".encode()
    at.file_uploader[0].set_value(("a.csv", content, "text/csv")).run()
    assert not at.exception
    (warning,) = at.warning
    said = plain(warning.value)
    assert "-2 is none, counted as 1" in said.replace("\u2060", "").replace("\\", "")
    assert said.count("currency") == 1
    (title,) = [metric.label for metric in at.metric if metric.label.endswith("to replace")]
    assert title == "0 of 40 to replace"


def choose(at, label, value):
    next(box for box in at.selectbox if box.label == label).set_value(value).run()
    assert not at.exception


def test_sheet_header_columns_and_numbers_can_be_changed(open_page, asks_service):
    book = Workbook()
    book.active.title = "Cover"
    for row in (["Graphics card", "Qty"], ["GeForce GT 710", 1]):
        book.active.append(row)
    sheet = book.create_sheet("List")
    for row in (["Fleet of ACME"], ["GPU", "Pieces", "Price", "GPU before"], ["RTX 4090", 7, "1.299", "GTX 970"]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    at = open_page("fleet")
    at.file_uploader[0].set_value(("fleet.xlsx", out.getvalue(), "application/octet-stream")).run()
    assert not at.exception
    choose(at, "Sheet", "List")
    assert next(box for box in at.selectbox if box.label == "Header").value == 2
    assert read_rows(at)[["Count", "Taken for"]].to_numpy().tolist() == [[7, "GeForce RTX 4090"]]
    choose(at, "Numbers", ".")
    assert "$1.3 (given)" in read_rows(at)["Fair price"].tolist()
    choose(at, "Column with the GPUs", 3)
    choose(at, "How many", 0)
    assert read_rows(at)[["Count", "Taken for"]].to_numpy().tolist() == [[1, "GeForce GTX 970"]]
    choose(at, "Header", 0)
    assert "choose the one" in at.info[0].value
    choose(at, "Column with the GPUs", 0)
    assert len(read_rows(at)) == 3


def test_a_list_without_a_header_has_its_counts_in_its_numbers(open_page, asks_service):
    at = open_page("fleet")
    at.file_uploader[0].set_value(("a.csv", b"RTX 3060;12\nGTX 970;3\n", "text/csv")).run()
    assert not at.exception
    assert read_rows(at)["Count"].tolist() == [12, 3]


def test_a_row_is_corrected_on_the_page(open_page, asks_service):
    at = open_page("fleet")
    at.file_uploader[0].set_value(("a.csv", b"GPU\nqwertz 123\n", "text/csv")).run()
    at.selectbox(key="really/0").set_value("GeForce GTX 970").run()
    at.button(key="rescore").click().run()
    assert not at.exception
    assert read_rows(at)[["GPU", "Taken for"]].to_numpy().tolist() == [["GeForce GTX 970", "GeForce GTX 970"]]
