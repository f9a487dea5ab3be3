"""Mermaid's flowcharts as pictures for the site, which asks no other host for a script."""

import io
import re
from base64 import b64encode

import networkx as nx
from matplotlib.figure import Figure

_EDGE = re.compile(r"^\s*([\w.-]+)(?:\[.*?\])? (<-->|-->|-\. [\w ]+ \.->)(?:\|\"(.*?)\"\|)? ([\w.-]+)$")
_STYLES = {"<-->": ("<|-|>", "solid"), "-->": ("-|>", "solid")}
_WAITS = ("-|>", "dashed")
#: Inches between two columns and two rows.
_ACROSS, _DOWN = 1.9, 0.42
_SWEEPS = 12


def show_diagram(diagram: str) -> str:
    """A flowchart in Markdown: the picture, and a table of its arrows with what they carry."""
    edges = [found.groups() for line in diagram.splitlines() if (found := _EDGE.match(line))]
    rows = [
        f"| `{start}` | {'↔' if arrow == '<-->' else '→'} | `{end}` | "
        f"{', '.join(f'`{name}`' for name in label.split('<br/>')) if label else arrow.strip('-.<> ')} |"
        for start, arrow, label, end in edges
    ]
    graph = nx.DiGraph()
    for start, arrow, _, end in edges:
        graph.add_edge(start, end, style=_STYLES.get(arrow, _WAITS))
    picture = b64encode(_draw(graph)).decode()
    table = "\n".join(["| from | | to | what |", "| --- | --- | --- | --- |", *rows])
    return f"![The arrows of the table below](data:image/svg+xml;base64,{picture})\n\n{table}"


def _draw(graph: nx.DiGraph) -> bytes:
    """An SVG: boxes in columns, each to the left of what its arrows lead to (Sugiyama, Tagawa & Toda, 1981)."""
    places = _place(graph)
    columns, rows = (1 + max(place[axis] for place in places.values()) for axis in (0, 1))
    figure = Figure(figsize=(_ACROSS * columns, _DOWN * rows + 0.2))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(-0.5, columns - 0.5), ylim=(rows - 0.4, -0.6))
    axes.axis("off")
    box = {"boxstyle": "round,pad=0.35", "facecolor": "#eef4fb", "edgecolor": "#1B7FC4"}
    texts = {
        node: axes.text(*place, _shorten(node), ha="center", va="center", size=9, bbox=box)
        for node, place in places.items()
    }
    figure.draw_without_rendering()  # a text knows only then how wide it is
    to_data = axes.transData.inverted()
    boxes = {
        node: patch.get_window_extent().transformed(to_data)
        for node, text in texts.items()
        if (patch := text.get_bbox_patch())
    }
    for start, end, (arrow, line) in graph.edges(data="style"):
        is_long = places[end][0] - places[start][0] > 1
        shape = {"arrowstyle": arrow, "linestyle": line, "color": "#6b7785", "mutation_scale": 10, "shrinkA": 0}
        shape |= {"shrinkB": 0, "connectionstyle": f"arc3,rad={0.12 * is_long}"}
        right, left = (boxes[start].x1, places[start][1]), (boxes[end].x0, places[end][1])
        axes.annotate("", left, right, arrowprops=shape, zorder=0)
    content = io.BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None})
    return content.getvalue()


def _place(graph: nx.DiGraph) -> dict[str, tuple[float, float]]:
    """Column and row of each box: as far right as its arrows allow, near the boxes that it is joined to."""
    columns: dict[int, list[str]] = {}
    depth: dict[str, int] = {}
    for node in reversed(list(nx.topological_sort(graph))):
        depth[node] = 1 + max((depth[after] for after in graph.successors(node)), default=-1)
        columns.setdefault(depth[node], []).append(node)
    longest = max(map(len, columns.values()))
    row = {node: float(place) for nodes in columns.values() for place, node in enumerate(nodes)}
    joined = graph.to_undirected()
    for _ in range(_SWEEPS):
        for nodes in columns.values():
            nodes.sort(key=lambda node: sum(row[other] for other in joined[node]) / len(joined[node]))
            row |= {node: place + (longest - len(nodes)) / 2 for place, node in enumerate(nodes)}
    return {node: (max(columns) - depth[node], row[node]) for node in depth}


def _shorten(node: str) -> str:
    return node.removeprefix("gpu_kedro.").removesuffix("_volume")
