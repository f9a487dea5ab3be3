"""Tables of text cells, written as Markdown or HTML; cells may come from data and are escaped."""

import html
import re
from typing import NamedTuple

from gpu_kedro.modelling.formatting import reads_as_figure

_MARKDOWN_SIGNS = re.compile(r"([\\|*\[\]`])")


class Table(NamedTuple):
    """A header and rows of cells; a column that holds nothing but figures is aligned right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def to_markdown(self) -> str:
        """GitHub-flavoured Markdown."""
        rules = ["---:" if right else "---" for right in self._is_right_aligned()]
        lines = [[escape_markdown(column) for column in self.columns], rules]
        lines += [[escape_markdown(cell) for cell in row] for row in self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def to_html(self) -> str:
        """An HTML table; cells of figures have the class `figure`."""
        right = self._is_right_aligned()
        head = _html_row("th", self.columns, right)
        body = "\n".join(_html_row("td", row, right) for row in self.rows)
        return f"<table>\n<thead>\n{head}\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>"

    def _is_right_aligned(self) -> list[bool]:
        return [
            bool(self.rows) and all(reads_as_figure(row[position]) for row in self.rows)
            for position in range(len(self.columns))
        ]


def escape_markdown(text: str) -> str:
    """The text on one line, with what Markdown or HTML would take for markup made harmless."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))


def _html_row(tag: str, cells: tuple[str, ...], right: list[bool]) -> str:
    marked = (
        f"<{tag}{' class=figure' if is_right else ''}>{html.escape(cell)}</{tag}>"
        for cell, is_right in zip(cells, right, strict=True)
    )
    return f"<tr>{''.join(marked)}</tr>"
