"""The page of the HTTP API explains every word that answers consist of."""

from typing import get_args

from openapi_page import write_api_page

from api.main import create_app
from gpu_kedro.contracts.v1.fields import ReasonCode, Source
from gpu_kedro.contracts.v1.market import Verdict
from gpu_kedro.domain.specs.kinds import KINDS


def test_sources_reasons_verdicts_and_kinds_are_explained():
    page = write_api_page(create_app().openapi())
    explained = {line.split(" | ")[0].removeprefix("| ") for line in page.splitlines() if line.startswith("| ")}
    verdicts = get_args(Verdict.model_fields["verdict"].annotation)
    assert {*get_args(Source), *get_args(ReasonCode), *verdicts, *KINDS, "sheet"} <= explained
