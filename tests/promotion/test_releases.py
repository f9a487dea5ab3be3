"""The pointer moves whole or not at all, and its history tells who moved it, when and why."""

import json
import threading
from functools import partial
from pathlib import Path

import pytest

from gpu_kedro.modelling.bundle.files import BundleError, read_pointer
from gpu_kedro.modelling.bundle.registry import HISTORY, promote, read_history, roll_back
from gpu_kedro.promotion.opening import check_version


def test_rolling_back_again_goes_back_further(store: Path, champion: str, add_version):
    second, third = add_version("second"), add_version("third")
    promote(store, second, "better", {})
    promote(store, third, "better still", {})
    assert roll_back(store, "oops", partial(check_version, store))["to"] == second
    assert roll_back(store, "oops again", partial(check_version, store))["to"] == champion
    assert read_pointer(store) == champion
    with pytest.raises(BundleError, match="nothing to roll back to"):
        roll_back(store, "once more", partial(check_version, store))
    promote(store, third, "after all", {})
    assert roll_back(store, "no", partial(check_version, store))["to"] == champion


def test_the_history_says_who_when_why_and_what(store: Path, champion: str, add_version):
    second = add_version("second")
    promote(store, second, "better", {"metrics": {"tdp_w rmsle": 0.1}})
    move = read_history(store)[-1]
    assert (move["action"], move["from"], move["to"], move["why"]) == ("promote", champion, second, "better")
    assert move["metrics"] == {"tdp_w rmsle": 0.1}
    assert move["by"]
    assert move["at"].startswith("20")


def test_a_store_from_before_the_history_can_be_rolled_back(store: Path, champion: str, add_version):
    (store / HISTORY).unlink()
    (store / "current.json").write_text(json.dumps({"version": champion}))
    promote(store, add_version("second"), "better", {})
    assert roll_back(store, "oops", partial(check_version, store))["to"] == champion


def test_a_move_that_was_cut_off_between_its_line_and_the_pointer_does_not_count(
    store: Path, champion: str, add_version
):
    second = add_version("second")
    promote(store, second, "better", {})
    lost = {"action": "promote", "from": second, "to": add_version("third"), "at": "", "by": "", "why": ""}
    with (store / HISTORY).open("a") as file:
        file.write(json.dumps(lost) + "\n")
    assert read_history(store)[-1]["to"] == second
    assert roll_back(store, "oops", partial(check_version, store))["to"] == champion


def test_a_line_that_was_cut_off_is_replaced_by_the_next(store: Path, champion: str, add_version):
    with (store / HISTORY).open("a") as file:
        file.write('{"action": "promo')
    second = add_version("second")
    promote(store, second, "better", {})
    lines = (store / HISTORY).read_text().splitlines()
    assert [json.loads(line)["to"] for line in lines] == [champion, second]


def test_a_damaged_version_is_never_pointed_at(store: Path, champion: str, add_version):
    second = add_version("second")
    (store / second / "features.json").write_bytes(b"{}")
    with pytest.raises(BundleError, match=r"features\.json"):
        promote(store, second, "better", {})
    assert read_pointer(store) == champion


def test_a_version_that_this_code_cannot_open_is_not_served_again(store: Path, champion: str, add_version):
    """Whole and unchanged, but of a commit that knew fewer features."""

    def make_older(_, facts):
        facts.update(features=facts["features"][:-1], git_commit="0123abc")

    older, newest = add_version("older", make_older), add_version("newest")
    promote(store, older, "then", {})
    promote(store, newest, "now", {})
    with pytest.raises(BundleError, match=rf"not rolled back to {older}: {older} is of commit 0123abc"):
        roll_back(store, "oops", partial(check_version, store))
    assert read_pointer(store) == newest
    assert read_history(store)[-1]["to"] == newest


def test_readers_never_see_half_a_pointer(store: Path, champion: str, add_version):
    second = add_version("second")
    seen: set[str] = set()
    failures: list[Exception] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            try:
                seen.add(read_pointer(store))
            except BundleError as err:
                failures.append(err)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(20):
        promote(store, second, "there", {})
        roll_back(store, "and back", lambda _: None)  # what is raced is the pointer, not the opening
    is_over.set()
    reader.join()
    assert failures == []
    assert seen <= {champion, second}
    assert len(read_history(store)) == 41
