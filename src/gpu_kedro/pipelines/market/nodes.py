"""Nodes of `market` and `market_backtest`."""

import json
from typing import Any

import pandas as pd

from gpu_kedro.domain.errors import GpuKedroError
from gpu_kedro.domain.observations.dates import count_months
from gpu_kedro.domain.observations.records import Observation, read_observation
from gpu_kedro.modelling.bundle.files import MANIFEST_FACTS, Bundle
from gpu_kedro.modelling.bundle.predictor import ServedBundle
from gpu_kedro.modelling.market.backtest import BacktestOptions, cover_fleets, replay
from gpu_kedro.modelling.market.left_out import MarketOptions, judge_left_out
from gpu_kedro.modelling.market.observed import CONDITION, ObservedPrices, most_common
from gpu_kedro.modelling.market.view import MARKET
from gpu_kedro.pipelines.data_processing.nodes import plain_rows
from gpu_kedro.pipelines.inference.pipeline import ANSWER_PIPELINE
from gpu_kedro.pipelines.inference.plan import Plan
from gpu_kedro.reports.market_page import write_market_page

_READ = ("name", "price_usd", "date", "condition", "market")
_CARDS = Plan(ANSWER_PIPELINE, "market_cards")


class NoPricesError(GpuKedroError):
    """A market is wanted, and no price was observed."""


def list_prices(observations: pd.DataFrame) -> list[dict[str, Any]]:
    """The observed prices, as a request brings them (`gpu_kedro.contracts.v1.MarketObservation`)."""
    priced = observations[observations["price_usd"].notna() & observations["date"].notna()]
    return list(plain_rows(priced[list(_READ)]))


def require_prices(observations: pd.DataFrame) -> list[dict[str, Any]]:
    """The observed prices (`list_prices`).

    Raises:
        NoPricesError: there is none.
    """
    prices = list_prices(observations)
    if not prices:
        raise NoPricesError(
            f"none of {len(observations)} observations has a price: put a file with the columns name, price_usd and "
            "date into data/01_raw/observations, or name one by GPU_KEDRO_OBSERVATIONS"
        )
    return prices


def judge_market(bundle: Bundle, observed_prices: list[dict[str, Any]], options: MarketOptions) -> dict[str, Any]:
    """How well prices that are left out are told (`judge_left_out`); {} where none was observed."""
    if not observed_prices:
        return {}
    return judge_left_out(_observe(ServedBundle(bundle), observed_prices), options)


def add_market(bundle: Bundle, observed_prices: list[dict[str, Any]], market_results: dict[str, Any]) -> Bundle:
    """The bundle with observed prices, which all of its prices follow from then on."""
    content = json.dumps({"observations": observed_prices}, ensure_ascii=True, separators=(",", ":")).encode()
    facts = {name: value for name, value in bundle.facts.items() if name not in MANIFEST_FACTS}
    return Bundle({**bundle.files, MARKET: content}, {**facts, "market": market_results})


def add_better_market(bundle: Bundle, observed_prices: list[dict[str, Any]], market_results: dict[str, Any]) -> Bundle:
    """The bundle with observed prices where those are told better than by a plain shift, else as it is."""
    error = market_results.get("error")
    if error is None or error > market_results["shift_error"]:
        return bundle
    return add_market(bundle, observed_prices, market_results)


def replay_history(bundle: Bundle, observations: pd.DataFrame, options: BacktestOptions) -> dict[str, Any]:
    """Every month of observed prices, with a few of them known and the others to be told.

    Returns:
        `observations`, `months`, `rows` and `junk_rows` (`replay`), `fleets` (`cover_fleets`).

    Raises:
        NoPricesError: no price was observed, or all are of one month.
    """
    observed = _observe(ServedBundle(bundle), require_prices(observations))
    months = {count_months(time) for time in observed.offers.times.tolist()}
    if len(months) < 2:
        raise NoPricesError(f"{len(observed)} usable prices are of {len(months)} month: history needs two months")
    rows, junk_rows = replay(observed, options), replay(observed, options, junk=True)
    return {
        "observations": len(observed),
        "months": len(months),
        "rows": rows,
        "junk_rows": junk_rows,
        "fleets": cover_fleets(observed, options),
    }


def assemble_backtest(market_backtest: dict[str, Any]) -> tuple[Any, str, dict[str, float]]:
    """The plot, the page, and the figures that runs are compared by."""
    figure, page = write_market_page(market_backtest)
    of_market = [row for row in market_backtest["rows"] if row["method"] == "market"]
    figures = {f"error/{row['cards'].replace(' ', '_')}_{row['known']}": row["error"] for row in of_market}
    return figure, page, figures


def _observe(served: ServedBundle, prices: list[dict[str, Any]]) -> ObservedPrices:
    seen: list[Observation] = [read_observation(row) for row in prices]
    names = list(dict.fromkeys(one.name for one in seen))
    cards = dict(zip(names, _CARDS.run(queries=[{"name": name} for name in names], served=served), strict=True))
    usable = [(one, cards[one.name]) for one in seen if cards[one.name] is not None]
    if not usable:
        raise NoPricesError(f"none of {len(seen)} observed prices is of a GPU that can be priced: check their names")
    return ObservedPrices.from_observations(usable, most_common((one.condition for one, _ in usable), CONDITION))
