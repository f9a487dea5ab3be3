"""The command line `gpu-kedro`: ask about a GPU, score a file, start service or app; promote models, send runs.

The module is not called `cli`: Kedro takes that name for commands of its own.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gpu_kedro import __version__
from gpu_kedro.domain.errors import GpuKedroError
from gpu_kedro.modelling.targets import ADDED_TARGETS, TARGETS
from gpu_kedro.promotion.commands import models
from gpu_kedro.resolvers import bundle_store, read_env_file
from gpu_kedro.serving.errors import ServingError
from gpu_kedro.tracking.commands import tracking

if TYPE_CHECKING:
    from gpu_kedro.contracts.rows import Scored
    from gpu_kedro.serving.market import FittedMarket
    from gpu_kedro.serving.runtime import Runtime

_TITLES = {
    "g3d_mark": ("3D performance", "{:,.0f} points"),
    "price_usd": ("price", "${:,.0f}"),
    "tdp_w": ("power", "{:,.0f} W"),
}

#: Letters of the longest bar of an explanation, and numbers shown beside it.
_BAR, _FIELDS = 20, 2


class _Group(click.Group):
    """Shows what serving refuses as one line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ServingError, GpuKedroError) as err:
            raise click.ClickException(str(err)) from err


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """How fast, what kind, what price is this GPU?"""
    read_env_file()


main.add_command(models)
main.add_command(tracking)


def _market_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options of commands that answer at the prices of a market."""
    options = (
        click.option(
            "--market",
            "market_file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="file of observed prices (name, price_usd, date, condition): prices are then of that market",
        ),
        click.option(
            "--as-of", help="of when prices are wanted: 2026-03-06, 2026-03 or 2026; the newest when left out"
        ),
        click.option("--condition", type=click.Choice(["new", "used"]), help="of what; that of most when left out"),
        click.option(
            "--rate",
            "rates",
            multiple=True,
            callback=_read_rates,
            metavar="EUR=1.08",
            help="US dollars for one unit of another currency of the market's file",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _open_market(
    runtime: "Runtime", market_file: Path | None, as_of: str | None, condition: str | None, rates: Mapping[str, float]
) -> "FittedMarket | None":
    """The market of `_market_options`; what of the file does not count is told on standard error."""
    from gpu_kedro.serving.market_file import MarketFile, read_market_file

    if rates and market_file is None:
        raise click.UsageError("--rate is for the prices in the file of --market: name that too")
    if market_file is None and as_of is None and condition is None:
        return None
    file = MarketFile([], [], [])
    try:
        if market_file is not None:
            file = read_market_file(market_file, rates=rates, default_date=as_of, file=str(market_file))
        market = runtime.fit_market({"observations": file.observations, "as_of": as_of, "condition": condition})
    except ValueError as err:
        raise click.ClickException(str(err)) from err
    notes = [f"row {file.rows[note['place']]}: {note['name']}: {note['reason']}" for note in market.notes]
    for note in (*file.refused, *notes):
        click.echo(f"{market_file}, {_printable(note)}", err=True)
    return market


def _read_rates(_context: click.Context, _option: click.Parameter, texts: tuple[str, ...]) -> dict[str, float]:
    rates = {}
    for text in texts:
        code, _, rate = text.partition("=")
        try:
            rates[code.strip().upper()] = float(rate)
        except ValueError as err:
            raise click.BadParameter(f"{text!r} is none; write EUR=1.08") from err
    return rates


@main.command()
@click.argument("name")
@click.option("--g3d-mark", type=float, help="measured G3D Mark, points")
@click.option("--g2d-mark", type=float, help="measured G2D Mark, points")
@click.option("--price-usd", type=float, help="price, US dollars")
@click.option("--tdp-w", type=float, help="design power, watts")
@click.option("--test-year", type=int, help="year of the measurement")
@click.option("--explain", is_flag=True, help="tell what each input adds to each answer")
@click.option("--json", "as_json", is_flag=True, help="print the answer as the API gives it")
@_market_options
def predict(
    name: str,
    explain: bool,
    as_json: bool,
    market_file: Path | None,
    as_of: str | None,
    condition: str | None,
    rates: Mapping[str, float],
    **known: float | None,
) -> None:
    """Estimate segment, performance, price and power of the GPU called NAME."""
    from gpu_kedro.contracts.refusals import find_faults
    from gpu_kedro.serving.runtime import Runtime

    query = {"name": name, **known}
    if faults := find_faults(query):
        raise click.UsageError("; ".join(f"{_argument(fault['loc'][0])}: {fault['msg']}" for fault in faults))
    runtime = Runtime.load(bundle_store())
    market = _open_market(runtime, market_file, as_of, condition, rates)
    if explain and market is not None:
        raise click.UsageError("--explain: the price of 2022 is explained; leave the market out")
    answer = runtime.explain(query) if explain else runtime.predict([query], market)[0]
    if as_json:
        click.echo(json.dumps(answer, indent=2))
    else:
        click.echo(f"{render_card(answer)}\n\n{render_explanation(answer)}" if explain else render_card(answer))


def _argument(field: str) -> str:
    return "NAME" if field == "name" else f"--{field.replace('_', '-')}"


def render_card(answer: dict[str, Any]) -> str:
    """An answer of the API as a card for the terminal."""
    match, segment = answer["match"], answer["segment"]
    found = f"{match['spec']} ({match['kind']}, {match['confidence']:.0%} sure)" if match["spec"] else "nothing known"
    shares = [f"{label} {share:.0%}" for label, share in (segment["probabilities"] or {}).items()]
    source = "; ".join([segment["source"], *filter(None, [", ".join(shares)])])
    lines = [
        click.style(_printable(answer["name"] or "unnamed GPU"), bold=True),
        f"  {'taken for':<15} {found}",
        f"  {'segment':<15} {', '.join(segment['labels']) or '–'} ({source})",
    ]
    if answer["reason"] is not None:
        lines.insert(1, f"  {'answer':<15} {answer['answer']}: {answer['reason']['detail']}")
    added = {name: (TARGETS[name].title, f"{{:,.0f}} {TARGETS[name].unit}") for name in ADDED_TARGETS}
    for field, (title, unit) in (_TITLES | added).items():
        lines.append(f"  {title:<15} {_render_figure(answer[field], unit)}".rstrip())
    if match["did_you_mean"]:
        lines.append(f"  {'did you mean':<15} {', '.join(match['did_you_mean'])}")
    lines.extend(f"  {'note':<15} {warning['field']}: {warning['detail']}" for warning in answer["warnings"])
    lines.append(f"  {'price is of':<15} {answer['price_usd']['note']}")
    return "\n".join(lines)


def _render_figure(figure: dict[str, Any], unit: str) -> str:
    told = figure["source"]
    if told == "measured" and figure["date"]:
        told += f" {figure['date']}"
    value = "–" if figure["value"] is None else unit.format(figure["value"])
    if figure["predicted"] is None:
        return f"{value} ({told})"
    estimate = "" if figure["source"] == "predicted" else f", model says {unit.format(figure['predicted'])}"
    low, high = (unit.format(edge) for edge in figure["interval_90"])
    card = f"{value} ({told}{estimate})"
    return f"{card:<52} 90 %: {low} to {high}"


def render_explanation(answer: dict[str, Any]) -> str:
    """What each input adds to each answer, as tables with bars for the terminal."""
    parts = []
    for field, (title, unit) in _TITLES.items():
        figure = answer[field]
        if figure["explanation"] is None:
            return "  nothing to explain: the models say nothing of it"
        parts.append(_render_shares(f"why {title}", unit, figure["explanation"], figure["predicted"]))
    for explanation in answer["segment"]["explanation"]:
        label = explanation["segment"]
        share = 100 * answer["segment"]["probabilities"][label]
        parts.append(_render_shares(f"why {label}", "{:,.1f} %", explanation, share))
    return "\n\n".join(parts)


def _render_shares(title: str, unit: str, explanation: dict[str, Any], total: float) -> str:
    contributions = explanation["contributions"]
    longest = max((abs(one["contribution"]) for one in contributions), default=0) or 1
    lines = [f"  {title}", f"    {'a typical GPU':<27} {unit.format(explanation['typical']):>15}"]
    for one in contributions:
        amount = one["contribution"]
        signed = ("+" if amount >= 0 else "−") + unit.format(abs(amount))
        bar = ("█" if amount >= 0 else "░") * max(round(_BAR * abs(amount) / longest), 1)
        lines.append(f"    {one['title']:<27} {signed:>15}  {bar:<{_BAR}}  {_render_fields(one['fields'])}".rstrip())
    lines.append(f"    {'together':<27} {unit.format(total):>15}")
    return "\n".join(lines)


def _render_fields(fields: dict[str, Any]) -> str:
    told = [f"{name} {value:g}" for name, value in fields.items() if type(value) in (int, float)]
    return ", ".join(told[:_FIELDS])


def _printable(text: str) -> str:
    """Without control characters, which could steer the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


@main.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("result", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--column", help="which column holds the GPUs: its header, or its number; found when left out")
@_market_options
def score(source: Path, result: Path, column: str | None, **market_options: Any) -> None:
    """Score the GPUs of SOURCE into RESULT.

    SOURCE is CSV, TSV, Excel or Parquet. The column of GPUs is found by its header (GPU, Graphics card, Grafikkarte,
    ...), failing that by its cells; price, TDP, G3Dmark and spec_... columns are used where there are any. RESULT is
    .csv, .tsv, .xlsx or .parquet: the rows as they came, with the answers behind them. `row` is the row's number in
    SOURCE, `notes` names cells that could not be read and were left out, `error` says why a row has no answer.
    """
    from gpu_kedro.contracts.writing import choose_writer, replace_file
    from gpu_kedro.intake.errors import NoNameColumnError, TableFileError
    from gpu_kedro.intake.source import OWN_FILE
    from gpu_kedro.serving.runtime import Runtime
    from gpu_kedro.serving.scoring import open_gpus, score_table

    if result.exists() and result.samefile(source):
        raise click.UsageError(f"RESULT: {result} is the table itself: write the answers to another file")
    scored = 0
    try:
        write = choose_writer(result)
        runtime = Runtime.load(bundle_store())
        market = _open_market(runtime, **market_options)
        table = open_gpus(source, runtime, column=column, limits=OWN_FILE, file=str(source))
        with (
            replace_file(result) as file,
            click.progressbar(length=table.row_count, label="scoring", file=sys.stderr) as bar,
        ):

            def count(parts: Iterable["Scored"]) -> Iterator["Scored"]:
                nonlocal scored
                for part in parts:
                    yield part
                    scored += part.added["error"].count(None)
                    bar.update(len(part.chunk.numbers))

            write(table, count(score_table(table, runtime, market=market)), file)
    except NoNameColumnError as err:
        raise click.ClickException(str(err).replace("`column`", "--column")) from err
    except (TableFileError, ValueError, OSError) as err:
        raise click.ClickException(str(err)) from err
    read_from = (
        f", names of column `{_printable(table.columns[table.places['name']])}`," if "name" in table.places else ""
    )
    click.echo(f"{scored:,} of {table.row_count:,} GPUs{read_from} scored into {result}")


@contextmanager
def _telling_wrong_settings(program: str) -> Iterator[None]:
    from pydantic import ValidationError

    try:
        yield
    except ValidationError as err:
        # without what was given: it may be a key
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in err.errors(include_input=False))
        raise click.ClickException(f"the settings of the {program} cannot be taken: {told}") from None


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", type=click.IntRange(1, 65535), help="port to listen on; $PORT, else 8000")
def serve(host: str, port: int | None) -> None:
    """Start the HTTP service."""
    from api.server import serve as serve_http
    from api.settings import Settings

    overrides: dict[str, Any] = {"host": host} | ({} if port is None else {"port": port})
    with _telling_wrong_settings("service"):
        settings = Settings(**overrides)
    serve_http(settings)


@main.command()
@click.option("--host", help="address to listen on; $GPU_KEDRO_APP_HOST, else 127.0.0.1")
@click.option("--port", type=click.IntRange(1, 65535), help="port to listen on; $GPU_KEDRO_APP_PORT, else 8501")
@click.option("--in-process", is_flag=True, help="answer without the HTTP service")
def app(host: str | None, port: int | None, in_process: bool) -> None:
    """Start the Streamlit app, and the HTTP service with it when none answers at $API_URL or on $PORT."""
    from streamlit_app.launch import LaunchError, launch
    from streamlit_app.settings import Settings

    given: dict[str, Any] = {"host": host, "port": port}
    with _telling_wrong_settings("app"):
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    try:
        status = launch(settings, in_process=in_process)
    except LaunchError as err:
        raise click.ClickException(str(err)) from err
    sys.exit(status)
