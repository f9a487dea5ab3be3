"""Puts observed prices into a bundle, and replays history to see how well the market tells them."""

from gpu_kedro.pipelines.market.pipeline import create_backtest, create_pipeline

__all__ = ["create_backtest", "create_pipeline"]
