"""Clients: those that generators make of the service's description, and the calls that the page of the API shows."""

import importlib
import json
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from fresh_copy import read_blocks
from workspace import PROJECT

TYPESCRIPT = Path(__file__).parent / "typescript"
PAGE = PROJECT / "docs" / "call-the-api.md"
SECONDS = 300


def run(command: list[str], folder: Path, **options) -> str:
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, **options)
    assert ended.returncode == 0, f"{command}\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
    return ended.stdout


@pytest.fixture(scope="module")
def description(client, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("description") / "openapi.json"
    path.write_bytes(client.get("/openapi.json").content)
    return path


@pytest.fixture(scope="module")
def python_client(description, tmp_path_factory):
    made = tmp_path_factory.mktemp("client") / "made"
    generator = Path(sys.executable).with_name("openapi-python-client")
    told = run([str(generator), "generate", "--path", str(description), "--output-path", str(made)], made.parent)
    # the route of files takes the bare file, too, which this generator has no call for; it makes that of forms
    assert set(re.findall(r"parsing (\S+ \S+)", told)) <= {"POST /v1/predict/file"}
    sys.path.insert(0, str(made))
    yield importlib.import_module("gpu_kedro_client")
    sys.path.remove(str(made))


def test_the_generated_python_client_calls_every_route(python_client, description, address):
    from gpu_kedro_client.api import gpus, health, market, model, predict

    document = json.loads(description.read_bytes())
    called = {}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            name = operation["operationId"]
            package = {"gpus": gpus, "market": market, "model": model, "predict": predict}.get(
                operation["tags"][0], health
            )
            call = importlib.import_module(f"{package.__name__}.{name}")
            called[f"{path} {name}"] = ask(call, name, python_client, address)
    assert [route for route, answer in called.items() if "Problem" in type(answer).__name__ or answer is None] == []
    assert len(called) >= 15


def ask(call, name, package, address):
    client = package.Client(base_url=address, raise_on_unexpected_status=True)
    models = importlib.import_module("gpu_kedro_client.models")
    types = importlib.import_module("gpu_kedro_client.types")
    gpu = {"name": "GeForce RTX 3070"}
    seen = {"observations": [{**gpu, "price_usd": 240, "date": "2025-11"}]}
    bodies = {
        "predict": lambda: models.MarketQuery.from_dict(gpu),
        "predict_batch": lambda: models.BatchQuery.from_dict({"name": ["GeForce RTX 3070", "GTX 1060"]}),
        "predict_file": lambda: models.PredictFileFilesBody(
            file=types.File(payload=b"name\nGeForce RTX 3070\n", file_name="fleet.csv", mime_type="text/csv")
        ),
        "describe_query": lambda: models.MarketQuery.from_dict(gpu),
        "fit_market": lambda: models.Market.from_dict(seen),
        "judge_price": lambda: models.ValueQuery.from_dict({**gpu, "price_usd": 400}),
        "compare_gpus": lambda: models.CompareQuery.from_dict({"names": ["GeForce RTX 3070", "GTX 1060"]}),
        "find_market_frontier": lambda: models.MarketFrontierQuery.from_dict({"budget_usd": 400, "market": seen}),
        "find_minimum": lambda: models.MinimumQuery.from_dict({"name": "GTX 1060"}),
    }
    options = {"body": bodies[name]()} if name in bodies else {}
    options |= {"describe_gpu": {"name": "GeForce RTX 3070"}, "find_frontier": {"budget_usd": 400.0}}.get(name, {})
    answer = call.sync_detailed(client=client, **options)
    assert answer.status_code == 200, (name, answer.content)
    return answer.parsed if answer.parsed is not None else answer.content


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js with npm")
def test_the_generated_typescript_client_is_typed_and_answered(description, address, tmp_path):
    folder = Path(shutil.copytree(TYPESCRIPT, tmp_path / "client"))
    run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder)
    tools = folder / "node_modules" / ".bin"
    run([str(tools / "openapi-typescript"), str(description), "-o", "schema.d.ts"], folder)
    options = ["--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "--types", "node"]
    run([str(tools / "tsc"), *options, "client.ts"], folder)
    told = json.loads(run(["node", "client.js", address], folder))
    assert (told["card"], told["rows"], told["compared"], told["targets"]) == ("GeForce RTX 3070", 2, 2, 4)
    assert told["mark"] > 0


CALLS = [
    (language, textwrap.dedent(block))
    for language in ("bash", "python", "javascript")
    for block in read_blocks(PAGE.read_text(), language)
]


@pytest.mark.parametrize(
    ("language", "block"), CALLS, ids=[f"{language}-{at % 4}" for at, (language, _) in enumerate(CALLS)]
)
def test_the_calls_of_the_page_work_as_they_stand(language, block, address, tmp_path):
    if language == "javascript" and shutil.which("node") is None:
        pytest.skip("needs Node.js")
    command = {
        "bash": ["bash", "-euo", "pipefail", "-c"],
        "python": [sys.executable, "-c"],
        "javascript": ["node", "--input-type=module", "-e"],
    }[language]
    told = run([*command, re.sub("(?:http://)?localhost:8000", address, block)], tmp_path)
    assert re.search(r"\d", told)
    assert "urn:gpu_kedro:problem" not in told


def test_the_page_shows_each_call_in_each_language():
    assert [language for language, _ in CALLS].count("python") == len(CALLS) // 3 == 4
