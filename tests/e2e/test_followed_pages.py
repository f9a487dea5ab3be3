"""Somebody types every command of the README, the tutorial and the pages of tasks, in their order, in a fresh copy."""

import pandas as pd
import pytest
from fresh_copy import ELSEWHERE, FreshCopy, is_run_here, read_commands
from workspace import PROJECT, Workspace

from gpu_kedro.modelling.bundle.files import read_manifest
from gpu_kedro.modelling.bundle.registry import list_versions
from gpu_kedro.modelling.targets import TARGETS

#: The README's run of the sample comes last, and must come to what the first run came to.
PAGES = (
    "docs/tutorial.md",
    "docs/how-to/use-your-own-data.md",
    "docs/guide.md",
    "docs/how-to/roll-back.md",
    "docs/how-to/deploy.md",
    "docs/how-to/use-dagshub.md",
    "docs/deployment.md",
    "README.md",
)
#: These change the code first: tests/e2e/test_changed_code.py.
CHANGING = {f"docs/how-to/{name}.md" for name in ("add-a-feature", "add-a-target", "remove-a-target", "swap-a-model")}
#: Brings files of its own: tests/e2e/test_keep_it_current.py.
CURRENT = {"docs/how-to/keep-it-current.md"}
#: What `make run` and a full run of one's own come to: the copy begins with one.
DONE_BEFORE = {"kedro run"}
#: The bundle of the own table is served before somebody goes back.
FIRST = {"docs/guide.md": ['gpu-kedro models promote --force "a table of my own"']}


def test_every_page_of_tasks_is_followed():
    assert {f"docs/how-to/{path.name}" for path in (PROJECT / "docs" / "how-to").glob("*.md")} <= {
        *PAGES,
        *CHANGING,
        *CURRENT,
    }


def test_what_is_left_to_other_tests_is_still_said_somewhere():
    said = [line for page in (*PAGES, *CHANGING) for line in read_commands((PROJECT / page).read_text())]
    assert [start for start in ELSEWHERE if not any(line.startswith(start) for line in said)] == []


@pytest.fixture(scope="module")
def followed(trained: Workspace, tmp_path_factory: pytest.TempPathFactory) -> tuple[FreshCopy, str]:
    """The copy in which everything was typed, and what was printed."""
    copy = FreshCopy(Workspace(tmp_path_factory.mktemp("followed")), trained)
    (copy.project / "gpus.csv").write_text("name\nGeForce RTX 3070\n")
    (copy.project / "queries").mkdir()
    pd.DataFrame({"name": ["RTX 3070", "RX 6600"]}).to_parquet(copy.project / "queries" / "a.parquet")
    rows = (PROJECT / "tests" / "data" / "gpu_sample.csv").read_text().splitlines(keepends=True)
    (copy.project / "your_table.csv").write_text("".join(rows[:-20]))
    said = [line for page in PAGES for line in (*FIRST.get(page, ()), *read_commands((PROJECT / page).read_text()))]
    commands = [line for line in dict.fromkeys(said) if is_run_here(line) and line not in DONE_BEFORE]
    finished = copy.run(commands)
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-6000:]
    return copy, finished.stdout + finished.stderr


def test_answers_are_written(followed: tuple[FreshCopy, str]):
    copy, said = followed
    assert "GeForce RTX 4070 Mobile" in said
    assert "GeForce RTX 3070" in (copy.project / "scored.csv").read_text()
    assert pd.read_parquet(copy.project / "answers" / "a.parquet")["match_spec"].tolist() == [
        "GeForce RTX 3070",
        "Radeon RX 6600",
    ]


def test_runs_on_the_same_table_give_the_same_metrics_and_the_same_bundle(
    followed: tuple[FreshCopy, str], trained: Workspace
):
    """In another process, by another way: the first was trained in the process of a test."""
    data = followed[0].workspace.data
    for name in TARGETS:
        results = f"06_models/validation/{name}_results.json"
        assert (data / results).read_bytes() == (trained.data / results).read_bytes()
    store = data / "06_models" / "bundles"
    contents = {read_manifest(store / version)["content_sha256"] for version in list_versions(store)}
    assert len(contents) == 2, "of the sample, twice, and of the own table"
