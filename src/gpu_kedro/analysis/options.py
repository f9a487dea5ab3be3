"""Settings of the analysis, read from `conf/*/parameters_analysis.yml`."""

from pydantic import Field

from gpu_kedro.modelling.options import Options


class AnalysisOptions(Options):
    """How uncertainty is measured, and what is too little to say anything."""

    min_gpus: int = Field(ge=3, description="GPUs that a group needs to be told of")
    min_score: float = Field(ge=1, description="points of G3D Mark below which a score is mostly noise")
    replicates: int = Field(ge=100, le=20_000, description="bootstrap samples")
    seed: int = Field(ge=0)
