"""Settings of the service: environment variables with the prefix `GPU_KEDRO_`, and `PORT`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from gpu_kedro.resolvers import bundle_store


class Settings(BaseSettings):
    """How the service runs; every field can be set as `GPU_KEDRO_<FIELD>`."""

    model_config = SettingsConfigDict(
        env_prefix="GPU_KEDRO_", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    host: str = Field(default="127.0.0.1", description="address to listen on; 0.0.0.0 in a container")
    port: int = Field(
        default=8000, ge=0, le=65535, validation_alias=AliasChoices("PORT", "GPU_KEDRO_PORT"), description="port"
    )
    bundles: Path = Field(
        default_factory=bundle_store, description="store of bundles; by default 06_models/bundles in the data folder"
    )
    check_seconds: float = Field(default=1.0, gt=0, le=3600, description="how often to look for a new bundle")
    api_key: SecretStr | None = Field(default=None, description="asked for as X-API-Key when set")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="origins, separated by commas, whose pages may call the service"
    )
    max_json_bytes: int = Field(default=1_000_000, ge=1_000, description="largest JSON body")
    max_file_bytes: int = Field(default=20_000_000, ge=1_000, description="largest uploaded file")
    max_file_rows: int = Field(default=500_000, ge=1, description="most rows of an uploaded file")
    max_concurrency: int = Field(
        default=64, ge=1, description="questions answered at the same time, of single predictions 16 times as many"
    )
    max_bulk: int = Field(default=16, ge=1, description="batches and files computed at the same time; more get 503")
    max_bulk_bytes: int = Field(
        default=120_000_000, ge=1_000, description="of all batches and files in memory, with their answers"
    )
    heavy_threads: int = Field(default=2, ge=1, le=64, description="threads for questions, and as many for many rows")
    body_seconds: float = Field(default=30.0, gt=0, description="how long a client may take to send a request's body")
    drain_seconds: float = Field(
        default=3.0, ge=0, le=600, description="how long to go on serving, not ready, after SIGTERM"
    )
    prediction_log: Path | None = Field(
        default=None, description="folder that keeps what was asked and answered, for `kedro run --pipeline monitoring`"
    )
    prediction_log_rows: int = Field(default=100_000, ge=1, description="rows of one file of the prediction log")
    prediction_log_files: int = Field(default=10, ge=1, description="files that the prediction log keeps")
    metrics: bool = Field(default=False, description="whether /metrics answers")
    metrics_port: int | None = Field(
        default=None, ge=1, le=65535, description="where /metrics answers instead, so that no public port shows it"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="least level to log")

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(origin.strip().rstrip("/") for origin in value.split(",") if origin.strip())
        return value

    @field_validator("api_key")
    @classmethod
    def _can_be_sent(cls, value: SecretStr | None) -> SecretStr | None:
        key = value.get_secret_value() if value else ""
        if not all("!" <= letter <= "~" for letter in key):
            raise ValueError("a key is made of printable ASCII characters without spaces, as HTTP headers are")
        return value
