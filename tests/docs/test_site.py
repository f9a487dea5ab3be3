"""The documentation site: built strictly, with the results of a run, from pages whose commands exist."""

import json
import os
import re
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from workspace import PROJECT, Workspace

from gpu_kedro.command_line import main
from gpu_kedro.domain.table.raw_table import REQUIRED_COLUMNS
from gpu_kedro.pipeline_registry import register_pipelines

PAGES = [*PROJECT.glob("docs/*.md"), *PROJECT.glob("docs/how-to/*.md")]


def _build(data: Path, site: Path) -> Path:
    environment = os.environ | {"GPU_KEDRO_DATA_DIR": str(data), "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(site)]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return site


@pytest.fixture(scope="module")
def site(trained: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(trained.data, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def findings(trained: Workspace) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((trained.data / "08_reporting" / "findings.json").read_text())
    return found


def test_the_figures_of_the_first_page_are_those_of_the_run(site: Path, trained: Workspace):
    metrics = json.loads((trained.data / "08_reporting" / "metrics.json").read_text())
    page = (site / "index.html").read_text()
    assert f"{metrics['data']['rows_kept']:,}" in page
    assert f"{metrics['analysis']['price_performance']['doubling_years']:.2f}" in page
    assert "not measured" not in page
    assert "{{" not in page


def test_every_finding_is_told_with_its_live_figure(site: Path, findings: list[dict[str, Any]]):
    page = (site / "analysis.html").read_text()
    answered = [one for one in findings if one["rows"]]
    assert len(answered) > 10
    for finding in answered:
        assert f'id="analysis_{finding["name"]}"' in page
    assert page.count("Plotly.newPlot") == len(answered)
    assert page.count("plotly.min.js") == 1
    assert (site / "assets" / "plotly.min.js").stat().st_size > 1_000_000


def test_the_cards_are_those_of_the_run(site: Path, trained: Workspace):
    told = (trained.data / "08_reporting" / "model_card.md").read_text()
    exact = re.search(r"name and specifications \| model \| \d+ \| ([\d.]+ %)", told)
    assert exact is not None
    assert exact.group(1) in (site / "results" / "model-card.html").read_text()


def test_the_reference_has_functions_and_routes(site: Path):
    assert 'id="gpu_kedro.domain.names.parser.parse_name"' in (site / "reference" / "domain.html").read_text()
    assert 'id="gpu_kedro.analysis.trends.fit_mean_trend"' in (site / "reference" / "analysis.html").read_text()
    api = (site / "reference" / "api.html").read_text()
    assert "<code>/v1/predict/file</code>" in api
    assert 'href="#gpuquery"' in api


def test_the_architecture_is_drawn(site: Path):
    html = (site / "architecture.html").read_text()
    pictures = [b64decode(found) for found in re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', html)]
    assert len(pictures) == (PROJECT / "docs" / "architecture.md").read_text().count("```mermaid") == 3
    assert all(b"<svg" in picture for picture in pictures)


def test_no_page_asks_another_host(site: Path):
    for page in site.rglob("*.html"):
        text = page.read_text()
        loaded = re.findall(r'<(?:script|img|iframe)[^>]*\ssrc="(https?:)?//', text)
        loaded += re.findall(r'<link[^>]*rel="(?:stylesheet|preconnect|icon)"[^>]*href="(?:https?:)?//', text)
        assert loaded == [], page


def test_without_a_run_the_pages_say_how_to_get_one(tmp_path: Path):
    """Of the generators alone: `make check` builds the whole site so."""
    script = (
        "import sys; sys.path.insert(0, 'docs'); import site_hooks\n"
        "print(site_hooks._write_analysis()); print(dict(site_hooks._write_pages())['results/model-card.md'])\n"
        "print(site_hooks._look_up('targets.tdp_w', '.1%'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, env=os.environ | {"GPU_KEDRO_DATA_DIR": str(tmp_path)},
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.count("train first, with `make run`") == 2
    assert done.stdout.rstrip().endswith("*not measured*")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_commands_of_a_page_exist(path: Path):
    text = path.read_text()
    targets = set(re.findall(r"^([a-z-]+):.*##", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", text, flags=re.MULTILINE)) <= {
        pair for target in targets for pair in ((target, ""), ("", target))
    }
    assert set(re.findall(r"kedro run --pipeline (\w+)", text)) <= set(register_pipelines())
    for command, below in re.findall(r"gpu-kedro (\w+)(?: (\w+))?", text):
        found = main.commands[command]
        assert below in getattr(found, "commands", [below]) or command in ("predict", "score"), (command, below)


def test_the_page_on_own_data_names_every_column_that_is_needed():
    page = (PROJECT / "docs" / "how-to" / "use-your-own-data.md").read_text()
    assert [column for column in REQUIRED_COLUMNS if f"`{column}`" not in page] == []


def test_every_environment_of_the_commands_exists():
    for path in PAGES:
        for env in re.findall(r"--env (\w+)", path.read_text()):
            assert (PROJECT / "conf" / env).is_dir(), (path, env)
