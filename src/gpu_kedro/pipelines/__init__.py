"""Kedro pipelines: wiring only; the work is done in `domain` and `modelling`."""
