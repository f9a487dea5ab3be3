from functools import partial

import pytest
from app_pages import plain

from streamlit_app.backends.opening import open_backend
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


def test_rows_that_need_a_look_stand_first(fleet):
    rows = [dict(zip(fleet.header(), row, strict=True)) for row in fleet.rows()]
    assert [row["asset"] for row in rows[:2]] == ["3", "6"]
    assert "not a GPU" in rows[2]["look_first"]
    assert rows[-1]["look_first"] is None


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


def test_columns_of_the_file_are_never_overwritten(bundles):
    done, _ = _score(bundles, b"name,segment\nRTX 3060,mine\n", 9)
    (row,) = [dict(zip(done.header(), row, strict=True)) for row in done.rows()]
    assert (row["segment"], row["gpu_segment"]) == ("mine", "Desktop")


def test_the_page_scores_an_upload_and_offers_it_back(open_page, backend_kind):
    at = open_page("fleet")
    assert not at.exception
    at.file_uploader[0].set_value(("fleet.csv", FILE, "text/csv")).run()
    assert not at.exception
    assert [metric.value for metric in at.metric][:2] == ["8", "4"]
    table = at.dataframe[0].value
    assert table["Row"].tolist()[:2] == [4, 7]
    assert [button.label for button in at.get("download_button")] == ["Download CSV", "Download Excel"]
    at.toggle(key="look").set_value(True).run()
    assert len(at.dataframe[0].value) == 4


def test_the_page_asks_which_column_holds_the_names(open_page, backend_kind):
    at = open_page("fleet")
    at.file_uploader[0].set_value(("a.csv", b"id,what\n1,blurb\n", "text/csv")).run()
    assert "choose the one" in at.info[0].value
    at.selectbox[0].set_value(1).run()
    assert not at.exception
    assert at.dataframe[0].value["GPU"].tolist() == ["blurb"]


def test_another_column_can_be_chosen_on_the_page(open_page, backend_kind):
    at = open_page("fleet")
    at.file_uploader[0].set_value(("a.csv", b"GPU,second\nRTX 3060,GTX 970\n", "text/csv")).run()
    assert at.dataframe[0].value["Taken for"].tolist() == ["GeForce RTX 3060 12 GB"]
    at.selectbox[0].set_value(1).run()
    assert at.dataframe[0].value["Taken for"].tolist() == ["GeForce GTX 970"]


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
    first = dict(zip(header, done.rows()[0], strict=True))
    assert (first["answer"], first["price_usd"], first["price_usd_low_90"]) == ("none", None, None)
    assert b"not covered by the data" in write_csv(header, done.rows())
    assert write_workbook(header, done.rows())[:2] == b"PK"


def test_sums_leave_out_what_has_no_figure_and_count_it(open_page, backend_kind):
    at = open_page("fleet")
    content = b"name\nGeForce RTX 3060\nApple M2 Pro\nMicrosoft Basic Display Adapter\nGeForce RTX 3060\n"
    at.file_uploader[0].set_value(("fleet.csv", content, "text/csv")).run()
    assert not at.exception
    shown = {metric.label: plain(metric.value) for metric in at.metric}
    assert (shown["Sum of 2 prices"], shown["Sum of 2 powers"]) == ("$658", "340 W")
    said = "".join(plain(caption.value) for caption in at.caption)
    assert "left out of its sum: 1 not covered by the data, 1 not a GPU" in said
