"""Pages that say what holds them: the files and tests that they name exist, and their sums are right."""

import re

import pytest
from promises import promise
from workspace import PROJECT

SCORE = PROJECT / "docs" / "ml-test-score.md"
PAGES = [PROJECT / "SECURITY.md", SCORE]
_REFERENCE = re.compile(r"`([\w.-]+(?:/[\w.-]+)+|[A-Za-z.]+\.(?:md|toml|baseline))(?:::(\w+))?`")


def list_references(page):
    return [match.groups() for match in _REFERENCE.finditer(page.read_text())]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_file_and_test_that_a_page_names_is_there(page):
    references = list_references(page)
    assert len(references) > 30
    for path, test in references:
        file = PROJECT / ("Makefile" if path == "Makefile" else path)
        assert file.exists(), path
        if test is not None:
            assert re.search(rf"^def {test}\(", file.read_text(), re.MULTILINE), f"{path}::{test}"


def read_sections():
    """The 28 tests with their scores, by section."""
    sections = re.split(r"^## ", SCORE.read_text(), flags=re.MULTILINE)[1:]
    rows = {}
    for section in sections:
        title, _, body = section.partition("\n")
        table = [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines() if line[:1] == "|"]
        rows[title] = table[2:]
    return rows


@promise("score.weakest", "weakest section of Google's ML Test Score", at_least=5, unit="of 7")
def test_the_ml_test_score_adds_up(measured):
    sections = read_sections()
    assert list(sections) == ["Data", "Model", "Infrastructure", "Monitoring"]
    sums = {title: sum(float(row[-1]) for row in rows) for title, rows in sections.items()}
    for title, rows in sections.items():
        assert len(rows) == 7, title
        for asked, how, held, score in rows:
            assert asked
            assert how
            assert score in ("0", "0.5", "1")
            assert (held == "") == (score == "0"), asked
            assert score != "1" or "tests/" in held, f"{asked}: what runs by itself is a test"
        assert f"| {title} | {sums[title]:g} |" in SCORE.read_text()
    assert f"**{min(sums.values()):g}**" in SCORE.read_text()
    measured("score.weakest", min(sums.values()), ", ".join(f"{title} {value:g}" for title, value in sums.items()))


@pytest.mark.parametrize(
    ("prefix", "title"), [("API", "API Security Top 10"), ("ML", "Machine Learning Security Top 10")]
)
def test_every_risk_of_owasp_has_its_line(prefix, title):
    part = (PROJECT / "SECURITY.md").read_text().partition(f"## OWASP {title}")[2].partition("\n## ")[0]
    lines = re.findall(rf"^\| {prefix}(\d+) [A-Z].*? \| (.+) \|$", part, re.MULTILINE)
    assert [int(number) for number, _ in lines] == list(range(1, 11))
    assert all(len(told) > 40 for _, told in lines)
