"""Pages of the deployment as tests read them."""

import re

from workspace import PROJECT

DEPLOY = PROJECT / "deploy"
PAGE = PROJECT / "docs" / "deployment.md"
CLOUDS = ("cloud-run", "kubernetes", "render")


def read_commands(cloud: str) -> list[str]:
    """The commands of a cloud's page from nothing to a public address."""
    page = (DEPLOY / cloud / "README.md").read_text()
    block = page.split("<!-- up -->")[1].split("<!-- /up -->")[0]
    return [line for line in block.splitlines() if line and not line.startswith("```")]


def read_links(text: str) -> list[str]:
    """What a page links to, without other hosts and places on a page."""
    return [link.partition("#")[0] for link in re.findall(r"\]\((?!http)([^)#]+[^)]*)\)", text)]
