"""A Kedro pipeline as a list of calls, for where a runner would cost more than the work.

A runner checks, loads, saves and logs around each node; for a request of a millisecond that is most of the time.
The plan keeps what matters: the pipeline's nodes in its topological order, called with the data they name.
"""

from collections.abc import Callable
from typing import Any

from kedro.pipeline import Pipeline


class Plan:
    """A Kedro pipeline as a list of calls.

    Args:
        pipeline: its free inputs are given to `run`; parameters are not supported.
        output: the dataset to compute; nodes it does not need are left out.
    """

    def __init__(self, pipeline: Pipeline, output: str) -> None:
        needed = pipeline.to_outputs(output)
        self.output = output
        self.inputs = needed.inputs()
        self._calls: list[tuple[Callable[..., Any], list[str], list[str]]] = [
            (node.func, list(node.inputs), list(node.outputs)) for node in needed.nodes
        ]

    def run(self, **data: Any) -> Any:
        """Call the nodes in order and give the output."""
        for function, inputs, outputs in self._calls:
            answer = function(*[data[name] for name in inputs])
            if len(outputs) == 1:
                data[outputs[0]] = answer
            else:
                data.update(zip(outputs, answer, strict=True))
        return data[self.output]
