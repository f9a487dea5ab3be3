"""Refuses a parameter on the command line that nothing reads; Kedro would run on without a word."""

import re
from copy import copy
from difflib import get_close_matches
from pathlib import Path

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl

from gpu_kedro.domain.errors import GpuKedroError

_READ_BY_CATALOG = re.compile(r"\$\{runtime_params:\s*(\w+)")


class UnknownParameterError(GpuKedroError):
    """A parameter was given that no settings name."""


class ParametersHook:
    """Compares what was given with what the settings hold; names within a group are checked by its options."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Look at the given parameters.

        Raises:
            UnknownParameterError: names the one that nothing reads, and the closest that something does.
        """
        loader = copy(context.config_loader)
        given, loader.runtime_params = loader.runtime_params or {}, {}
        if not given:
            return
        known = set(loader["parameters"])
        for path in Path(loader.conf_source).rglob("*.yml"):
            known.update(_READ_BY_CATALOG.findall(path.read_text(encoding="utf-8")))
        for name in given:
            if name not in known:
                nearest = get_close_matches(name, known, n=1)
                closest = f"; closest: {nearest[0]}" if nearest else f"; there is {', '.join(sorted(known))}"
                raise UnknownParameterError(f"--params {name}: no such parameter{closest}")
