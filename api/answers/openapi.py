"""The description of the service (OpenAPI 3.1)."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.answers.errors import MEDIA_TYPE
from gpu_kedro.contracts.v1.service import Problem

_SAID = {
    400: "the request cannot be read",
    401: "the key is missing or wrong",
    404: "no such GPU",
    408: "the body took too long to arrive",
    413: "the body is too large",
    415: "the body is of a type that is not taken",
    422: "the request can be read but not answered; `errors` says why",
    503: "no bundle is loaded, or too many requests at the same time",
}


def describe_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route, for its `responses`."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {status: {"description": _SAID[status], "content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses}


def install_openapi(app: FastAPI) -> None:
    """Describe the service with its errors and its key."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _describe(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, summary=app.summary, description=app.description, routes=app.routes
    )
    problem = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    schemas = document["components"]["schemas"]
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    if app.state.settings.api_key is not None:
        document["components"]["securitySchemes"] = {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}}
        for path, operations in document["paths"].items():
            for operation in operations.values():
                if not path.startswith("/health"):
                    operation["security"] = [{"key": []}]
                    operation["responses"]["401"] = describe_errors(401)[401]
    return document
