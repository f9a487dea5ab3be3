"""The HTTP layer: routes, settings and errors around `gpu_kedro.serving`."""
