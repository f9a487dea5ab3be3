"""What happens around a run; `gpu_kedro.settings` lists them in order."""
