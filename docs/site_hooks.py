"""Pages of the documentation site that are made from the project, and figures in the text of the others.

MkDocs calls the functions below (`hooks` in mkdocs.yml). What a run has to provide is read from its folder; without one
the pages say so, and the site can be built all the same.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import plotly.io
from diagrams import show_diagram
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from openapi_page import write_api_page
from plotly.offline import get_plotlyjs

from api.main import create_app
from gpu_kedro.reports.findings import finding_markdown
from gpu_kedro.reports.templates import figure_html

PROJECT = Path(__file__).resolve().parents[1]
PACKAGES = ("domain", "modelling", "analysis", "pipelines", "serving")
_UNTRAINED = "Nothing is here yet: train first, with `make run`, and build the site again."
#: Stands where the last run has no such figure.
_NOT_MEASURED = "*not measured*"
_PLOTLY = "assets/plotly.min.js"
_RESULTS = {"model-card": "model_card.md", "data-card": "data_card.md", "features": "features.md"}
_FIGURE = re.compile(r"<!-- figure: (\w+) -->")
_PROMISES = "<!-- promises -->"
_NUMBER = re.compile(r"\{\{ ([\w.]+)(?::([^}]*))? \}\}")
_MERMAID = re.compile(r"```mermaid\n(.*?)```", flags=re.DOTALL)
_OUTSIDE = re.compile(r"\]\(\.\./((?:\.\./)?deploy/[\w-]+)/README\.md\)")


def reporting() -> Path:
    """The folder of what the last run reports."""
    return Path(os.environ.get("GPU_KEDRO_DATA_DIR", PROJECT / "data")) / "08_reporting"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that nobody writes."""
    for name, content in _write_pages():
        files.append(File.generated(config, name, content=content))
    return files


def _write_pages() -> Iterator[tuple[str, str]]:
    for page, name in _RESULTS.items():
        path = reporting() / name
        untrained = f"# {page.replace('-', ' ').capitalize()}\n\n{_UNTRAINED}\n"
        yield f"results/{page}.md", path.read_text(encoding="utf-8") if path.is_file() else untrained
    yield "analysis.md", _write_analysis()
    yield _PLOTLY, get_plotlyjs()
    yield "reference/api.md", write_api_page(create_app().openapi())
    for package in PACKAGES:
        yield f"reference/{package}.md", _write_reference(package)
    for path in sorted((PROJECT / "deploy").glob("*/README.md")):
        text = path.read_text(encoding="utf-8").replace("../../docs/deployment.md", "../deployment.md")
        yield f"deploy/{path.parent.name}.md", text


def _write_analysis() -> str:
    path = reporting() / "findings.json"
    parts = [
        "# Analysis",
        "What the data says: one question at a time, with the method, a 95 % interval, and what the answer does not "
        "say. The pipeline `reporting` writes it anew at each run; the tables lie in `data/08_reporting/analysis`.",
    ]
    if not path.is_file():
        return "\n\n".join([*parts, _UNTRAINED])
    for finding in json.loads(path.read_text(encoding="utf-8")):
        figure = f"<!-- figure: analysis_{finding['name']} -->"
        parts += [f"## {finding['title']}", finding_markdown(finding), figure]
    return "\n\n".join(parts)


def _tabulate_promises() -> str:
    """The table of `make reliability`, and what it was measured on."""
    path = reporting() / "reliability.json"
    if not path.is_file():
        return "Nothing was measured on the machine that built this site."
    told = json.loads(path.read_text(encoding="utf-8"))
    rows, last = [], ""
    for row in told["rows"]:
        cells = ("" if row["section"] == last else row["title"], row["text"], row["measured"], row["allowed"])
        rows.append(f"| {' | '.join(cell.replace('|', '¦') for cell in (*cells, row['status']))} |")
        last = row["section"]
    machine, rounds = told["machine"], len(told["rounds"])
    where = (
        f"Measured {told['at'][:10]} in {rounds} round{'s' if rounds > 1 else ''} on {machine['cores_usable']} cores "
        f"({machine['cpu']}), load average {machine['load_average'][0]:.1f} at the start."
    )
    notes = [f"{name.capitalize()}: {note}." for name, note in told["notes"].items()]
    head = ["| | what is promised | measured | limit | |", "| --- | --- | ---: | ---: | --- |"]
    return "\n".join([*head, *rows, "", where, *notes])


def _write_reference(package: str) -> str:
    folder = PROJECT / "src" / "gpu_kedro" / package
    modules = sorted(path.relative_to(folder.parents[1]) for path in folder.rglob("*.py") if path.name != "__init__.py")
    names = [".".join(path.with_suffix("").parts) for path in modules]
    return "\n\n".join([f"# gpu_kedro.{package}", *(f"::: {name}" for name in names)])


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put in the figures of the last run, and draw the diagrams: Mermaid would need a script."""
    text = _NUMBER.sub(lambda found: _look_up(found[1], found[2] or ""), markdown)
    text = text.replace(_PROMISES, _tabulate_promises()) if _PROMISES in text else text
    text = _MERMAID.sub(lambda found: show_diagram(found[1]), text)
    return _OUTSIDE.sub(r"](\1.md)", text)


def _look_up(path: str, form: str) -> str:
    """A figure of metrics.json by its keys; words instead where the last run does not have it."""
    file = reporting() / "metrics.json"
    value: Any = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if value is None:
        return _NOT_MEASURED
    return format(value, form).replace("-", "−")


def on_page_content(html: str, page: Page, **_: Any) -> str:
    """Put in the live figures, with plotly.js once for the page."""
    names = _FIGURE.findall(html)
    if not names:
        return html
    root = "../" * page.url.count("/")
    drawn = _FIGURE.sub(lambda found: _draw(found[1]), html)
    return f'<script src="{root}{_PLOTLY}"></script>\n{drawn}'


def _draw(name: str) -> str:
    path = reporting() / "figures" / f"{name}.json"
    figure = plotly.io.from_json(path.read_text(encoding="utf-8")) if path.is_file() else None
    return figure_html(figure, name) if figure is not None and figure.data else ""
