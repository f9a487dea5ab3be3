"""Fields for amounts: numbers as people write them, or a refusal that says what to write instead."""

from typing import Any

from streamlit.delta_generator import DeltaGenerator

from gpu_kedro.contracts.v1.queries import GpuQuery, GpuSpecs
from gpu_kedro.intake.numbers import find_units, read_number
from streamlit_app.backends.failures import RefusedError

_SCHEMAS = {model: model.model_json_schema()["properties"] for model in (GpuQuery, GpuSpecs)}
_LONGEST = 40


class Amounts:
    """The amounts of one page; what cannot be taken is told once all fields are drawn."""

    def __init__(self) -> None:
        self._problems: list[tuple[str, str]] = []

    def enter(
        self, place: DeltaGenerator, key: str, title: str, field: str, *,
        of: type[GpuQuery] | type[GpuSpecs] = GpuQuery, help: str | None = None,  # noqa: A002
    ) -> float | None:  # fmt: skip
        """One amount with the bounds that the contract has for a field.

        Args:
            key: of the widget, and its name in the address.
            title: words before it, with the unit.
            help: what it is; without, the contract's words.
        """
        about = describe_field(of, field)
        text = place.text_input(
            title,
            key=key,
            max_chars=_LONGEST,
            placeholder=f"e.g. {about['example']:g}",
            help=help or f"{about['description']}; {about['minimum']:g} to {about['maximum']:,g}",
            bind="query-params",
        )
        try:
            return read_amount(text or "", field, about)
        except ValueError as err:
            self._problems.append((title, str(err)))
            return None

    def check(self) -> None:
        """Refuse the page's question where a field cannot be taken.

        Raises:
            RefusedError: names the fields.
        """
        if self._problems:
            raise RefusedError(self._problems)


def read_amount(text: str, field: str, about: dict[str, Any]) -> float | None:
    """What was typed, as a number in the field's unit; None for an empty field.

    `299,99` and `1.299,50` are read as they are meant. A single mark before three digits groups thousands in a price,
    which nobody writes with three decimals; elsewhere it may be either.

    Args:
        field: its name, which ends with the unit.
        about: its bounds (`describe_field`).

    Raises:
        ValueError: it is no such number, ambiguous or out of bounds; says what to write.
    """
    mark = None
    if field.endswith("_usd"):
        mark = "," if "." in text else "."
    try:
        value = read_number(text, mark, find_units(field))
    except ValueError as err:
        told = "thousands or decimals? Write it without marks" if "decimals" in str(err) else str(err)
        raise ValueError(f"“{text}” is not taken: {told}, e.g. {about['example']:g}") from err
    if value is None:
        return None
    # not a number compares as false
    if not about["minimum"] <= value <= about["maximum"]:
        raise ValueError(f"{value:,g} is not between {about['minimum']:g} and {about['maximum']:,g}")
    if "multipleOf" in about and value % about["multipleOf"]:
        raise ValueError(f"{value:,g} is not a whole number")
    return value


def describe_field(model: type[GpuQuery] | type[GpuSpecs], field: str) -> dict[str, Any]:
    """Type, bounds, description and example of a field, from the contract."""
    schema = _SCHEMAS[model][field]
    return {**schema["anyOf"][0], "description": schema["description"], "example": schema["examples"][0]}
