"""The confidence of a match is the share of such matches that was right, on names that somebody looked up."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from gpu_kedro.domain.identify import read_gpu
from gpu_kedro.domain.specs.kinds import KINDS, Judged, describe_kinds, measure_share
from gpu_kedro.domain.specs.matching import SpecIndex

_HERE = Path(__file__).parent


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


#: Draws of names of the table, with seed 20261128, at most 25 a kind; all that "direct" needs was audited before.
DRAWN = _read(_HERE / "judged_matches.csv")
AUDITED = _read(_HERE / "audited_matches.csv")
WRITTEN = [row for row in _read(_HERE.parent / "names" / "written_names.csv") if row["kind"] != "pci id"]


@pytest.fixture(scope="module")
def judged(index: SpecIndex) -> list[tuple[str, float, bool]]:
    """Kind, confidence and verdict of every match that was looked up."""
    found = []
    for name, spec_name, is_right in (
        *((row["name"], row["spec_name"], row["verdict"] == "right") for row in (*DRAWN, *AUDITED)),
        *((row["text"], row["means"], True) for row in WRITTEN),
    ):
        reading = read_gpu(name, index)
        if reading.refusal is None and reading.match.spec_name is not None:
            is_same = reading.match.spec_name in spec_name.split("|")
            found.append((reading.match.kind, reading.match.confidence, is_right and is_same))
    return found


def test_the_counts_behind_every_confidence_are_those_of_the_judged_matches(
    judged: list[tuple[str, float, bool]],
) -> None:
    matches, right = Counter(kind for kind, _, _ in judged), Counter(kind for kind, _, is_right in judged if is_right)
    measured = {kind.name: kind.judged for kind in KINDS.values() if kind.judged is not None}
    assert measured == {kind: Judged(right[kind], matches[kind]) for kind in measured}


@pytest.mark.parametrize(("least", "most", "share"), [(0.9, 1.0, 0.98), (0.75, 0.9, 0.85)])
def test_what_is_said_to_be_sure_is_right(
    judged: list[tuple[str, float, bool]], least: float, most: float, share: float
) -> None:
    said = [is_right for _, confidence, is_right in judged if least <= confidence < most]
    assert len(said) >= 25
    assert sum(said) / len(said) >= share


@pytest.mark.parametrize(
    ("judged", "share"), [(Judged(25, 25), 0.9), (Judged(20, 25), 0.64), (Judged(499, 500), 0.99), (Judged(0, 10), 0.0)]
)
def test_few_matches_leave_less_certain(judged: Judged, share: float) -> None:
    assert measure_share(judged) == share


def test_every_kind_is_told_in_words() -> None:
    assert "`direct`: this very model; " in describe_kinds()
    assert all(f"`{kind}`" in describe_kinds() for kind in KINDS)
