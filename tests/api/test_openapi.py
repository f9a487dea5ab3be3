import re

import pytest

from gpu_kedro.contracts.v1.queries import GpuQuery, GpuSpecs
from gpu_kedro.domain.identify import KNOWN_FIELDS
from gpu_kedro.domain.specs.sheets import SPEC_FIELDS

PATHS = {
    "/health/live": "get",
    "/health/ready": "get",
    "/v1/model": "get",
    "/v1/gpus": "get",
    "/v1/gpus/{name}": "get",
    "/v1/card": "post",
    "/v1/table": "get",
    "/v1/missing": "get",
    "/v1/predict": "post",
    "/v1/predict/batch": "post",
    "/v1/predict/file": "post",
    "/v1/value": "post",
    "/v1/compare": "post",
    "/v1/market": "post",
    "/v1/frontier": "get",
    "/v1/minimum": "post",
}


@pytest.fixture(scope="module")
def document(client):
    return client.get("/openapi.json").json()


def test_every_address_of_the_contract_is_described(document):
    assert {path: next(iter(operations)) for path, operations in document["paths"].items()} == PATHS


def test_every_field_has_a_description_and_an_example(document):
    lacking = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, about in schema.get("properties", {}).items()
        if not about.get("description") or "examples" not in about
    ]
    assert lacking == []


def test_every_parameter_has_a_description_and_an_example(document):
    parameters = [
        parameter
        for operations in document["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", [])
    ]
    assert len(parameters) >= 8
    assert [one["name"] for one in parameters if not one.get("description")] == []
    assert [one["name"] for one in parameters if "examples" not in one["schema"] and "examples" not in one] == []


def test_every_operation_says_what_it_does_and_how_it_fails(document):
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["description"], path
            for status, answer in operation["responses"].items():
                kinds = {"application/problem+json"} if int(status) >= 400 else set(answer["content"])
                assert set(answer["content"]) == kinds, (path, status)


def test_links_lead_to_operations_that_answer(client, document):
    operations = {
        operation["operationId"]: (method, path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    links = {
        name: link
        for methods in document["paths"].values()
        for operation in methods.values()
        for name, link in operation["responses"]["200"].get("links", {}).items()
    }
    assert {name: operations[link["operationId"]] for name, link in links.items()} == {
        "card": ("get", "/v1/gpus/{name}"),
        "prediction": ("post", "/v1/predict"),
        "comparison": ("post", "/v1/compare"),
    }
    name = client.get("/v1/gpus?q=3070").json()["gpus"][0]["name"]
    card = client.get(f"/v1/gpus/{name}").json()
    names = [card["name"], card["comparable"][0]["name"]]
    assert client.post("/v1/compare", json={"names": names}).status_code == 200


def test_the_sheet_of_a_query_is_the_sheet_of_the_table():
    assert set(GpuSpecs.model_fields) == {field.name for field in SPEC_FIELDS} | {"is_mobile"}
    assert set(GpuQuery.model_fields) == {"name", "specs", *KNOWN_FIELDS}


def test_the_key_is_described_where_one_is_asked_for(open_client):
    document = open_client(api_key="abc").get("/openapi.json").json()
    assert document["components"]["securitySchemes"]["key"]["name"] == "X-API-Key"
    assert "security" in document["paths"]["/v1/model"]["get"]
    assert "security" not in document["paths"]["/health/live"]["get"]


def test_docs_need_no_other_host(client):
    page = client.get("/docs").text
    assert re.findall(r"(?:https?:)?//\S+", page) == []
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page):
        answer = client.get(f"/{asset}")
        assert (answer.status_code, len(answer.content) > 50) == (200, True)
    assert "'self'" in client.get("/docs").headers["content-security-policy"]
