"""The workflows are valid, pinned, and allowed no more than they need."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from workspace import PROJECT

READ_ONLY = {"contents": "read"}
FILES = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))


def read(name: str) -> dict[Any, Any]:
    return yaml.safe_load((PROJECT / ".github" / "workflows" / f"{name}.yml").read_text())


def test_they_are_these():
    assert [path.stem for path in FILES] == ["audit", "ci", "deploy", "pages", "release"]


def test_they_follow_the_schema(check):
    check("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *FILES)


def test_actionlint_finds_nothing(check):
    check("actionlint", *FILES)


def test_zizmor_finds_nothing(check):
    check("zizmor", "--offline", "--persona", "pedantic", "--no-progress", *FILES)


def test_shell_scripts_have_no_faults(check):
    check("shellcheck", *(PROJECT / "deploy").rglob("*.sh"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit_with_their_version_beside(path: Path):
    uses = re.findall(r"uses: (.*)", path.read_text())
    assert uses
    assert [use for use in uses if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_jobs_may_read_only_and_end(path: Path):
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]
    for name, job in workflow["jobs"].items():
        expected = {"id-token": "write", "pages": "write"} if (path.stem, name) == ("pages", "publish") else READ_ONLY
        assert job["permissions"] == expected, name
        assert job["timeout-minutes"] <= 60, name


def test_ci_tests_every_python_that_the_project_supports():
    assert read("ci")["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]


def test_the_audit_asks_about_every_lock_weekly_and_when_one_changes():
    audit = read("audit")
    triggers = audit[True]  # YAML 1.1 reads `on` as a truth value
    assert "**.lock" in triggers["pull_request"]["paths"]
    assert triggers["schedule"]
    assert audit["jobs"]["audit"]["steps"][-1]["run"] == "make audit"
    recipe = (PROJECT / "Makefile").read_text().partition("\naudit:")[2].partition("\n\n")[0]
    asked = {path for pattern in re.findall(r"\S+\.lock", recipe) for path in PROJECT.glob(pattern)}
    held = subprocess.run(["git", "ls-files", "*.lock"], cwd=PROJECT, capture_output=True, text=True, check=True)
    # the old tracking server of the tests is old on purpose
    assert {str(path.relative_to(PROJECT)) for path in asked} == {
        path for path in held.stdout.splitlines() if not path.startswith("tests/")
    }


def test_nothing_is_pushed_that_was_not_tried():
    jobs = read("release")["jobs"]
    assert jobs["push"]["needs"] == "try"
    assert jobs["try"]["needs"] == "train"
    tried = [step.get("run") or step["uses"] for step in jobs["try"]["steps"]]
    assert any("try_image.sh" in step for step in tried)
    assert any("trivy" in step for step in tried)
    pushed = [step["with"] for step in jobs["push"]["steps"] if step.get("with", {}).get("push")]
    assert [(step["sbom"], step["provenance"], step["platforms"]) for step in pushed] == [
        (True, "mode=max", "linux/amd64,linux/arm64")
    ]


def test_secrets_are_given_by_name_and_to_one_step():
    named = {path.stem: re.findall(r"secrets\.(\w+)", path.read_text()) for path in FILES}
    assert named == {
        "audit": [],
        "ci": [],
        "deploy": ["KUBECONFIG", "GPU_KEDRO_API_KEY"],
        "pages": [],
        "release": ["DOCKERHUB_USERNAME", "DOCKERHUB_TOKEN"],
    }
