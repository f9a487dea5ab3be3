from gpu_kedro.reports.tables.table import Table, escape_markdown


def test_markdown_tables_align_figures_and_escape_cells():
    table = Table(("name", "score"), (("Radeon | <b>R9</b>\n*290*", "1,234"), ("[x](y) `z`", "–")))
    assert table.to_markdown().splitlines() == [
        "| name | score |",
        "| --- | ---: |",
        "| Radeon \\| &lt;b&gt;R9&lt;/b&gt; \\*290\\* | 1,234 |",
        "| \\[x\\](y) \\`z\\` | – |",
    ]


def test_html_tables_escape_cells():
    html = Table(("name",), (("<script>alert('1')</script>",),)).to_html()
    assert "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;" in html
    assert "<script>" not in html


def test_a_backslash_before_a_bar_does_not_free_it():
    assert escape_markdown("a\\|b") == "a\\\\\\|b"
