"""The servers that the service is measured against, each started as `python -m bench.servers.<name> BUNDLES PORT`."""
