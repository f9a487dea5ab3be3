"""The comparison with what others would use, over several seeds, and the further splits that figures are asked of."""

from gpu_kedro.pipelines.benchmark.pipeline import create_pipeline

__all__ = ["create_pipeline"]
