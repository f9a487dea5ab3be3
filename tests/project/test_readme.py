"""The README says what a run gives."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
README = (PROJECT / "README.md").read_text()
QUALITY = (PROJECT / "docs" / "quality.md").read_text()
METRICS = PROJECT / "data" / "08_reporting" / "metrics.json"
BENCHMARK = METRICS.with_name("benchmark.json")
TITLES = {"g3d_mark": "3D performance", "price_usd": "price", "tdp_w": "power", "segment": "segment"}
HEADLINE = (("name", "ours"), ("everything", "ours"), ("everything", "ridge"))
OPPONENTS = ("dummy", "ridge", "random_forest", "catboost", "ours")


def results_table(metrics: dict[str, Any]) -> str:
    """The rows of the long table of results, from a run's metrics."""
    lines = []
    for target, title in TITLES.items():
        for level, models in metrics["targets"][target]["splits"]["grouped"].items():
            ours, ridge = models["ours"]["all"], models["ridge"]["all"]
            main = "exact" if target == "segment" else "median_error"
            fit = ours["macro_f1"] if target == "segment" else ours["r2_log"]
            inside = "–" if target == "segment" else f"{ours['coverage_90']:.1%}"
            cells = (
                title,
                level,
                f"{ours['rows']:,.0f}",
                f"{ours[main]:.1%}",
                f"{ridge[main]:.1%}",
                f"{fit:.3f}",
                inside,
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def comparison_table(benchmark: dict[str, Any]) -> str:
    """The rows of the table of the comparison, from the benchmark's figures."""
    lines = []
    for target, title in TITLES.items():
        metric = "log_loss" if target == "segment" else "rmsle"
        models = benchmark["targets"][target]["comparison"]["features"]
        several = [models[name]["seeds"][metric] for name in OPPONENTS]
        alone = [models[name]["same_split"][metric] for name in ("autogluon", "ours")]
        cells = [title, "log loss" if target == "segment" else "RMSLE"]
        cells += [f"{found['mean']:.3f} ± {found['sd']:.3f}" for found in several]
        lines.append(f"| {' | '.join([*cells, *(f'{value:.3f}' for value in alone)])} |")
    return "\n".join(lines)


def headline_table(metrics: dict[str, Any]) -> str:
    """The rows of the README's small table, from a run's metrics."""
    lines = []
    for target, title in TITLES.items():
        main = "exact" if target == "segment" else "median_error"
        grouped = metrics["targets"][target]["splits"]["grouped"]
        figures = [grouped[level][by]["all"][main] for level, by in HEADLINE]
        lines.append(f"| {' | '.join([title, *(f'{figure:.1%}' for figure in figures)])} |")
    return "\n".join(lines)


def test_every_make_target_and_file_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):.*##", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"`(?:[A-Z]+=\S+ )?make ([a-z-]+)", README)) <= targets
    for link in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (PROJECT / link.partition("#")[0]).exists(), link


def test_the_two_commands_come_first():
    assert README.index("make run") < README.index("make test") < README.index("kedro run --pipeline")


def _cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def test_the_headline_is_that_of_the_last_run():
    table = README.split("<!-- /headline -->")[0].rpartition("---: |\n")[2].strip()
    assert [row[0] for row in _cells(table)] == list(TITLES.values())
    if METRICS.is_file():
        found = headline_table(json.loads(METRICS.read_text()))
        for told, measured in zip(_cells(table), _cells(found), strict=True):
            assert [*map(_number, told[1:])] == pytest.approx([*map(_number, measured[1:])], abs=0.01), told


def test_a_newcomer_can_read_the_readme():
    assert len(README.splitlines()) <= 150


def test_the_table_of_results_has_every_target_at_every_level():
    table = QUALITY.split("<!-- /results -->")[0].rpartition("---: |\n")[2].strip()
    expected = [
        (title, level)
        for title in ("3D performance", "price", "power", "segment")
        for level in ("name", "specs", "partly", "everything")
    ]
    assert [tuple(row[:2]) for row in _cells(table)] == expected
    if METRICS.is_file():  # after a full run the figures must be its figures; other processors round differently
        for told, measured in zip(_cells(table), _cells(results_table(json.loads(METRICS.read_text()))), strict=True):
            for said, found in zip(told[3:], measured[3:], strict=True):
                if said != "–":
                    assert _number(said) == pytest.approx(_number(found), abs=0.01), told


def test_the_comparison_has_every_target():
    table = QUALITY.split("<!-- /comparison -->")[0].rpartition("---: |\n")[2].strip()
    assert [row[0] for row in _cells(table)] == list(TITLES.values())
    if BENCHMARK.is_file():
        found = comparison_table(json.loads(BENCHMARK.read_text()))
        for told, measured in zip(_cells(table), _cells(found), strict=True):
            for said, value in zip(told[2:], measured[2:], strict=True):
                assert float(said.split()[0]) == pytest.approx(float(value.split()[0]), abs=0.01), told


def _number(cell: str) -> float:
    return float(cell.strip("%")) / (100 if cell.endswith("%") else 1)
