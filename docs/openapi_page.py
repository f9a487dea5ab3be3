"""The page of the HTTP API, written from the service's own OpenAPI description."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gpu_kedro.domain.specs.kinds import KINDS
from gpu_kedro.modelling.bundle.ladder import WIDEST_FACTOR
from gpu_kedro.reports.tables.table import Table

Schema = Mapping[str, Any]
_SOURCES = (
    (
        "measured",
        "the benchmark table, or an observation of the market, has it; date and origin say when and which",
    ),
    ("given", "whoever asks said it"),
    ("listed", "a sheet states it: the asker's own, or that of the very GPU; of a segment: the maker's own line"),
    ("predicted", "the model's figure"),
    ("none", "there is no honest figure: value is null, and reason says why"),
)
_REASONS = (
    ("not_a_gpu", "the name is that of something else; nothing is given out, not even figures that came with it"),
    ("not_covered", "the table has no or too few GPUs of this maker or kind; the models say nothing, and what is given "
     "or listed stays"),
    ("too_little_known", "there is no sheet, and the name has no model number either, or the 90 % interval of a figure "
     f"spans more than a factor of {WIDEST_FACTOR:g}: it has no value, its interval stays"),
)  # fmt: skip
_VERDICTS = (
    ("good_deal", "below the fair range, which is fair_price.interval_80"),
    ("fair", "inside the fair range, its ends included"),
    ("overpriced", "above the fair range"),
    ("cannot_say", f"there is no fair price, or the ends of its 90 % interval are more than a factor of "
     f"{WIDEST_FACTOR:g} apart"),
)  # fmt: skip
_DOUBTS = (
    ("outlier_listing", "the observed price is a listing of scarce stock, a clearance or a mistake: doubt it"),
    ("doubt_value", "the model knows the very GPU: doubt the figure that was measured or given"),
    ("doubt_prediction", "the model hardly knows the GPU, or a sheet states the figure too: doubt the model"),
    ("contradiction", "what is given differs by more than half from the sheet or the table"),
    ("disputed_segment", "the table and the maker's own line disagree; segment.labels has the one, line the other"),
)
_BOUNDS = {"minimum": "≥", "maximum": "≤", "maxLength": "length ≤"}


def write_api_page(description: Mapping[str, Any]) -> str:
    """Every route with its parameters, bodies and answers, then every schema with its fields.

    Args:
        description: an OpenAPI 3.1 document.
    """
    info = description["info"]
    parts = ["# HTTP API", f"{info['summary']}, version {info['version']}. {info['description']}"]
    parts.append("The running service describes itself in the same words at `/docs` and `/openapi.json`.")
    parts += list(_explain_answers())
    for path, methods in description["paths"].items():
        for method, route in methods.items():
            parts += list(_describe_route(path, method, route))
    parts.append("## Schemas")
    for name, schema in sorted(description["components"]["schemas"].items()):
        parts += list(_describe_schema(name, schema))
    return "\n\n".join(parts)


def _explain_answers() -> Iterator[str]:
    """The words that answers consist of."""
    yield "## How to read an answer"
    yield (
        "Every figure has a `source`, the first of these that is known. What the model says, `predicted` with its "
        "intervals, stands beside it always."
    )
    yield Table(("source", "meaning"), _SOURCES).to_markdown()
    yield (
        "`answer` is `full` where every figure has a value, `partial` where some have one or the models say nothing of "
        "the GPU, and `none` where none has. Unless it is full, `reason.code` says why, and `reason.detail` in words."
    )
    yield Table(("reason", "meaning"), _REASONS).to_markdown()
    yield "Where a known figure and the model's 90 % interval contradict each other, a warning says which to doubt."
    yield Table(("warning", "meaning"), _DOUBTS).to_markdown()
    yield (
        "`/v1/value` joins the observed price of the very card and the model's, each weighed by its certainty. The "
        "fair range holds the observed price, unless that is an outlier."
    )
    yield Table(("verdict", "meaning"), _VERDICTS).to_markdown()
    yield "`match.kind` tells how the sheet was found. Only a strict match is the very GPU, whose sheet states figures."
    rows = [(kind.name, kind.description, "yes" if kind.is_strict else "no") for kind in KINDS.values()]
    yield Table(
        ("kind", "what the match rests on", "strict"), (*rows, ("sheet", "the asker's own sheet", "yes"))
    ).to_markdown()


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
