import pytest
from app_pages import number, plain, tables, texts


def test_the_least_cards_reach_what_is_asked(open_page, asks_service):
    at = open_page("minimum", name="GeForce GTX 970", since="2012")
    assert not at.exception
    said = texts(at)
    needed = number(said.split("Needed: ")[1].split(" points")[0].split("</span>")[-1])
    desktop, laptop, *_ = tables(at)
    for table in (desktop, laptop):
        assert table
        assert min(number(row["Points"]) for row in table) >= round(needed)
        assert all(row["Holds with"] == "sure" or number(row["Holds with"]) >= 80 for row in table)
    assert desktop[0]["GPU"] == "GeForce GTX 970"


def test_without_a_question_an_example_and_a_survey_are_shown(open_page, asks_service):
    at = open_page("minimum")
    assert not at.exception
    assert at.header[0].value == "An example: as fast as a GeForce GTX 1060"
    assert [metric.label for metric in at.metric] == ["Fast enough", "90 % interval", "Counted"]
    at.text_area(key="pasted").set_value(" \n ").run()
    assert (list(at.error), [header.value for header in at.header][-1]) == ([], "Share of players: an example")


def test_a_pasted_list_gives_its_share(open_page, asks_service):
    at = open_page("minimum", points="5000")
    at.text_area(key="pasted").set_value("GeForce RTX 3070;30\nGeForce GT 710;70\nApple M2;5").run()
    assert not at.exception
    shown = {metric.label: metric.value for metric in at.metric}
    assert shown == {"Fast enough": "30 %", "90 % interval": "30 to 30 %", "Counted": "100 of 105"}
    assert "Apple M2 (not covered by the data)" in plain("".join(caption.value for caption in at.caption))


@pytest.mark.parametrize(
    ("pasted", "share"),
    [("GeForce RTX 3070 30\nGeForce GT 710 70", "30 %"), ("GeForce RTX 3070\nGeForce GT 710", "50 %")],
)
def test_counts_are_read_or_said_to_lack(open_page, asks_service, pasted, share):
    at = open_page("minimum", points="5000")
    at.text_area(key="pasted").set_value(pasted).run()
    assert at.metric[0].value == share
    assert [plain(warning.value)[:20] for warning in at.warning] == ["No counts were found"] * (share == "50 %")


def test_a_reference_that_is_no_gpu_is_refused_in_words(open_page, asks_service):
    at = open_page("minimum", name="Apple M2")
    assert not at.exception
    assert "GPUs of Apple are not covered" in plain(at.warning[0].value)
