"""The contract of every request and answer, version 1: fields, units, bounds, descriptions and examples.

Requests are validated against these models. Answers are written by `gpu_kedro.serving` in these shapes and not
validated again: a test holds them to it.
"""
