"""What is being served, and how good it is."""

from fastapi import APIRouter, Request, Response

from api.answers.openapi import describe_errors
from api.deps import use_runtime, write_json
from gpu_kedro.contracts.v1.service import ModelCard
from gpu_kedro.serving.model_card import summarise_model

router = APIRouter(prefix="/v1/model", tags=["model"])


@router.get("", response_model=ModelCard, responses=describe_errors(503))
async def describe_model(request: Request) -> Response:
    """The served version, when and from what it was trained, and its quality on GPUs it had not seen."""
    return write_json(summarise_model(use_runtime(request)))
