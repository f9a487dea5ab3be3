"""The pages hold what they promise: few commands, files that exist, figures that follow from the measured ones."""

import re
import runpy

import pytest
from deploy_pages import CLOUDS, DEPLOY, PAGE, read_commands, read_links
from workspace import PROJECT

from bench.costs import PRICES_OF, Prices, cost_lone_million, find_costs, write_table


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_public_address_is_at_most_ten_commands_away(cloud: str):
    commands = read_commands(cloud)
    assert 3 <= len(commands) <= 10
    assert "/v1/predict" in commands[-1]
    told = re.search(rf"\[[^]]*\]\(\.\./deploy/{cloud}/README\.md\) \| (\d+) commands", PAGE.read_text())
    assert told is not None
    assert int(told.group(1)) == len(commands)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_page_names_files_that_exist_and_how_to_go_back_and_take_down(cloud: str):
    page = (DEPLOY / cloud / "README.md").read_text()
    for path in set(re.findall(r"\bdeploy/[\w./-]*\w", page)):
        assert (PROJECT / path).exists(), path
    assert "**Take it down.**" in page


@pytest.mark.parametrize(
    "path",
    [PAGE, PROJECT / "docs" / "architecture.md", *DEPLOY.rglob("README.md")],
    ids=lambda path: str(path.relative_to(PROJECT)),
)
def test_links_lead_somewhere(path):
    for link in read_links(path.read_text()):
        assert (path.parent / link).exists(), link


def test_the_readme_leads_here():
    assert {"docs/deployment.md", "docs/architecture.md"} <= set(read_links((PROJECT / "README.md").read_text()))


def test_the_table_of_costs_follows_from_the_measured_time():
    page = PAGE.read_text()
    cpu_ms = float(re.search(r"One prediction takes about ([\d.]+) ms of processor time", page).group(1))
    assert write_table(find_costs(cpu_ms)) in page
    assert PRICES_OF in page


def test_costs_grow_with_the_time_of_a_request_and_stay_within_their_bounds():
    cheap, dear = find_costs(1.0), find_costs(4.0)
    assert all(low.million < high.million for low, high in zip(cheap, dear, strict=True))
    run, cluster, render = cheap
    # 1,000 s of processor, twice that paid: 2,000 × (0.000024 + 0.5 × 0.0000025) + 0.40
    assert run.million == pytest.approx(0.4505)
    assert run.idle_month == 0
    # 730 h × (0.10 + 0.025 + 2 × (0.25 × 0.0445 + 0.5 × 0.0049225))
    assert cluster.idle_month == pytest.approx(111.0861, abs=1e-3)
    assert render.month_of_ten_million == 7.0
    # half a core, half used, for a month: 657 million predictions of a millisecond
    assert find_costs(200.0)[2].month_of_ten_million == 4 * 7.0


def test_lone_requests_cost_what_the_page_says():
    assert f"${cost_lone_million(Prices()):.2f} a million" in (DEPLOY / "cloud-run" / "README.md").read_text()


def test_the_architecture_is_drawn_from_this_code():
    drawn = runpy.run_path(str(PROJECT / "docs" / "draw_architecture.py"))["draw_page"]()
    assert drawn == (PROJECT / "docs" / "architecture.md").read_text(), "run `make architecture`"
