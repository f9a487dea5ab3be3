"""The description of the service (OpenAPI 3.1), and a page to read and try it that needs no other host."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

from api.answers.errors import MEDIA_TYPE
from api.deps import write_json
from gpu_kedro.contracts.v1 import Problem

router = APIRouter(include_in_schema=False)
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
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>gpu_kedro</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = 'SwaggerUIBundle({url: "openapi.json", dom_id: "#swagger-ui", validatorUrl: null, tryItOutEnabled: true});\n'
_DOCS_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; frame-ancestors 'none'"
    )
}
_ASSETS = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}


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


@router.get("/openapi.json")
async def send_description(request: Request) -> Response:
    """The description."""
    return write_json(request.app.openapi())


@router.get("/docs")
async def show_docs() -> Response:
    """The page."""
    return Response(_PAGE, media_type="text/html; charset=utf-8", headers=_DOCS_HEADERS)


@router.get("/docs/start.js")
async def start_docs() -> Response:
    """Starts the page; apart from it, because the page's policy allows no script inside."""
    return Response(_START, media_type="text/javascript; charset=utf-8")


@router.get("/docs/{asset}")
async def send_asset(asset: str) -> Response:
    """A file of Swagger UI, from the installed package `fastapi-offline`."""
    if asset not in _ASSETS:
        raise HTTPException(404)
    # found without importing it: the package brings its own application
    package = find_spec("fastapi_offline")
    if package is None or package.origin is None:
        raise HTTPException(404, "Swagger UI is not installed: pip install fastapi-offline")
    return FileResponse(
        Path(package.origin).parent / "static" / asset,
        media_type=_ASSETS[asset],
        headers={"Cache-Control": "max-age=86400"},
    )
