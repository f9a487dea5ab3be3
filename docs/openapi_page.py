"""The page of the HTTP API, written from the service's own OpenAPI description."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gpu_kedro.reports.tables import Table

Schema = Mapping[str, Any]
_BOUNDS = {"minimum": "≥", "maximum": "≤", "maxLength": "length ≤"}


def write_api_page(description: Mapping[str, Any]) -> str:
    """Every route with its parameters, bodies and answers, then every schema with its fields.

    Args:
        description: an OpenAPI 3.1 document.
    """
    info = description["info"]
    parts = ["# HTTP API", f"{info['summary']}, version {info['version']}. {info['description']}"]
    parts.append("The running service describes itself in the same words at `/docs` and `/openapi.json`.")
    for path, methods in description["paths"].items():
        for method, route in methods.items():
            parts += list(_describe_route(path, method, route))
    parts.append("## Schemas")
    for name, schema in sorted(description["components"]["schemas"].items()):
        parts += list(_describe_schema(name, schema))
    return "\n\n".join(parts)


def _describe_route(path: str, method: str, route: Schema) -> Iterator[str]:
    yield f"## {method.upper()} `{path}`"
    yield route.get("description") or route.get("summary", "")
    if parameters := route.get("parameters"):
        rows = tuple(
            (
                one["name"],
                one["in"],
                _name_type(one["schema"]),
                "yes" if one.get("required") else "no",
                one.get("description", ""),
            )
            for one in parameters
        )
        yield Table(("parameter", "in", "type", "needed", "meaning"), rows).to_markdown()
    for kind, content in route.get("requestBody", {}).get("content", {}).items():
        yield f"Takes `{kind}`: {_link_type(content.get('schema', {}))}."
    yield "\n".join(_describe_answer(status, answer) for status, answer in route.get("responses", {}).items())


def _describe_answer(status: str, answer: Schema) -> str:
    kinds = "; ".join(
        f"`{kind}`: {_link_type(one.get('schema', {}))}" for kind, one in answer.get("content", {}).items()
    )
    return f"* **{status}** {answer['description']}" + (f" ({kinds})" if kinds else "")


def _describe_schema(name: str, schema: Schema) -> Iterator[str]:
    yield f"### {name}"
    if "description" in schema:
        yield schema["description"]
    if properties := schema.get("properties"):
        needed = schema.get("required", ())
        rows = tuple(
            (
                field,
                _name_type(one),
                "yes" if field in needed else "no",
                one.get("description", ""),
                json.dumps(one["examples"][0], ensure_ascii=False) if one.get("examples") else "",
            )
            for field, one in properties.items()
        )
        yield Table(("field", "type", "always", "meaning", "example"), rows).to_markdown()


def _name_type(schema: Schema) -> str:
    """A type in words, with its bounds."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_name_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(json.dumps(value) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    kind = str(schema.get("type", "anything"))
    if kind == "array":
        return f"list of {_name_type(schema.get('items', {}))}"
    bounds = [f"{sign} {schema[key]}" for key, sign in _BOUNDS.items() if key in schema]
    return f"{kind} ({', '.join(bounds)})" if bounds else kind


def _link_type(schema: Schema) -> str:
    name = _name_type(schema)
    return f"[{name}](#{name.lower()})" if "$ref" in schema else name
