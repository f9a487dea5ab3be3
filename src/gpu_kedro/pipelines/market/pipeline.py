"""Wiring of `market` and `market_backtest`."""

from kedro.pipeline import Pipeline, node

from gpu_kedro.pipelines.market.nodes import (
    add_market,
    assemble_backtest,
    judge_market,
    replay_history,
    require_prices,
)


def create_pipeline() -> Pipeline:
    """The served bundle and the observations in, a bundle whose prices follow them out."""
    return Pipeline(
        [
            node(require_prices, "observations", "new_prices", name="require_prices"),
            node(
                judge_market,
                ["served_bundle", "new_prices", "params:market"],
                "new_market_results",
                name="judge_new_market",
            ),
            node(add_market, ["served_bundle", "new_prices", "new_market_results"], "market_bundle", name="add_market"),
        ],
        tags="market",
    )


def create_backtest() -> Pipeline:
    """The served bundle and prices of several months in; how well each month would have been told out."""
    return Pipeline(
        [
            node(
                replay_history,
                ["served_bundle", "backtest_observations", "params:market_backtest"],
                "market_backtest",
                name="replay_history",
            ),
            node(
                assemble_backtest,
                "market_backtest",
                ["market_backtest_figure", "market_backtest_report", "market_backtest_metrics"],
                name="assemble_backtest",
            ),
        ],
        tags="market_backtest",
    )
