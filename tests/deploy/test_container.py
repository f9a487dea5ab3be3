"""The Dockerfile keeps what makes an image small and safe; `make image` and the pages say how it was really run."""

import json
import re

import pytest
from workspace import PROJECT

DOCKERFILE = (PROJECT / "Dockerfile").read_text()
TARGETS = ("api", "app", "train")


def read_stages() -> dict[str, list[str]]:
    """Instructions of each stage, continued lines joined."""
    stages: dict[str, list[str]] = {}
    for line in re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines():
        if line.startswith("FROM"):
            stages[line.split(" AS ")[1]] = [line]
        elif line and not line.startswith("#") and stages:
            stages[list(stages)[-1]].append(line)
    return stages


def find(stage: str, instruction: str) -> list[str]:
    """Arguments of an instruction in a stage, with those of the stage that it starts from before them."""
    lines = read_stages()[stage]
    base = lines[0].split()[1]
    above = find(base, instruction) if base in read_stages() else []
    return above + [line.partition(" ")[2] for line in lines if line.split()[0] == instruction]


def test_hadolint_finds_nothing(check):
    check("hadolint", "Dockerfile")


def test_the_base_is_pinned_by_its_digest():
    assert re.search(
        r"^ARG PYTHON_IMAGE=docker\.io/library/python:3\.13\.\d+-slim-bookworm@sha256:[0-9a-f]{64}$", DOCKERFILE, re.M
    )
    bases = {lines[0].split()[1] for lines in read_stages().values()}
    assert bases - set(read_stages()) == {"${PYTHON_IMAGE}", "bundle-${BUNDLE}"}


@pytest.mark.parametrize("target", TARGETS)
def test_an_image_does_not_run_as_root_and_starts_without_a_wrapper(target: str):
    assert int(find(target, "USER")[-1].partition(":")[0]) >= 10_000
    command = json.loads(find(target, "CMD")[-1])
    assert command[0] != "sh" or command[2].startswith("exec ")
    assert find(target, "HEALTHCHECK")


@pytest.mark.parametrize("target", TARGETS)
def test_packages_come_from_the_lock_of_the_target_by_hash(target: str):
    (install,) = [line for line in find(f"{target}-packages", "RUN") if "uv pip install" in line]
    assert f"--require-hashes -r /locks/{target}.lock" in install


def test_without_arguments_the_image_is_the_service_with_its_bundle():
    assert list(read_stages())[-1] == "api"
    assert "\nARG BUNDLE=baked\n" in DOCKERFILE


def test_nothing_goes_to_the_builder_but_what_is_named():
    lines = [line for line in (PROJECT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    allowed = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert all((PROJECT / path).exists() for path in allowed if not path.startswith("data/06_models"))
    assert [path for path in allowed if path.startswith("data")] == [
        "data/01_raw/gpu_benchmarks.csv",
        "data/06_models/bundles",
    ]
    assert {"conf/local", "**/.env*"} <= set(lines)
    assert not any(path.startswith((".git", "mlruns", "tests")) for path in allowed)
