"""`make architecture`: draws docs/architecture.md from the code, so that the pictures cannot say something else.

Containers come from compose.yml, layers from the import contracts in pyproject.toml, pipelines from Kedro's registry.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import yaml
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from gpu_kedro.pipeline_registry import register_pipelines

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "architecture.md"
_SHOWN = 3
_TEXT = """# Architecture

Drawn from the code by `make architecture`; a test compares.

## Containers

`docker compose up` starts these; an arrow points to what a container waits for.

{containers}

## Layers

Imports go along the arrows only; import-linter holds every commit to it.

{layers}

## Pipelines

Each box is a pipeline, each arrow the datasets that one makes and another takes.

{pipelines}
"""


def draw_page() -> str:
    """The whole page."""
    return _TEXT.format(
        containers=_fence(draw_containers()), layers=_fence(draw_layers()), pipelines=_fence(draw_pipelines())
    )


def _fence(lines: Iterable[str]) -> str:
    return "\n".join(["```mermaid", "flowchart LR", *(f"  {line}" for line in lines), "```"])


def draw_containers() -> Iterator[str]:
    """Services, their ports and volumes, and what they wait for."""
    services = yaml.safe_load((PROJECT / "compose.yml").read_text())["services"]
    for name, service in services.items():
        ports = [port.rpartition(":")[0].rpartition(":")[2] for port in service.get("ports", ())]
        yield f'{name}["{name}{f"<br/>port {ports[0]}" if ports else ""}"]'
    for name, service in services.items():
        for volume in service.get("volumes", ()):
            store, _, rest = volume.partition(":")
            if store.startswith("."):
                continue  # a file of the repository
            yield f"{store}_volume[({store})] {'-->' if rest.endswith(':ro') else '<-->'} {name}"
    for name, service in services.items():
        for other, wanted in service.get("depends_on", {}).items():
            yield f"{name} -. {wanted['condition'].removeprefix('service_').replace('_', ' ')} .-> {other}"


def draw_layers() -> Iterator[str]:
    """Packages by layer, the outermost first."""
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["name"] == "Imports point one way")
    rows = [[package.strip() for package in layer.split("|")] for layer in layers]
    for outer, inner in pairwise(rows):
        for package in outer:
            for below in inner:
                yield f"{package} --> {below}"


def draw_pipelines() -> Iterator[str]:
    """Pipelines by the tag of their nodes, and the datasets between them."""
    nodes = sum(register_pipelines().values(), Pipeline([])).nodes
    owners = {output: _name(node) for node in nodes for output in node.outputs}
    between: dict[tuple[str, str], set[str]] = defaultdict(set)
    for node in nodes:
        for name in node.inputs:
            maker = owners.get(name, name)
            if not name.startswith("params:") and maker != _name(node):
                between[maker, _name(node)].add(name)
    for source in sorted({maker for maker, _ in between} - set(owners.values())):
        yield f"{source}[({source})]"
    for (maker, taker), names in sorted(between.items()):
        label = "" if maker in names else f'|"{_shorten(sorted(names))}"|'
        yield f"{maker} -->{label} {taker}"


def _name(node: Node) -> str:
    """The pipeline of a node; the feature nodes are part of two, and say of which."""
    (name,) = node.tags - {"features"}
    return str(name)


def _shorten(names: list[str]) -> str:
    more = f"<br/>and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return "<br/>".join(names[:_SHOWN]) + more


if __name__ == "__main__":
    PAGE.write_text(draw_page())
