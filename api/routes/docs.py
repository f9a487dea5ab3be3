"""The description of the service, and a page to read and try it that needs no other host."""

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

from api.deps import write_json

router = APIRouter(include_in_schema=False)
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
