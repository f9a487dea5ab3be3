"""Settings of the app: environment variables, listed in `.env.example`."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gpu_kedro.resolvers import bundle_store


class Settings(BaseSettings):
    """How the app runs; every field can be set as `GPU_KEDRO_APP_<FIELD>`, four have names of their own."""

    model_config = SettingsConfigDict(
        env_prefix="GPU_KEDRO_APP_", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    api_url: str | None = Field(
        default=None, validation_alias="API_URL", description="address of the service; without it, answers in process"
    )
    api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("GPU_KEDRO_APP_API_KEY", "GPU_KEDRO_API_KEY"),
        description="sent to the service as X-API-Key",
    )
    bundles: Path = Field(
        default_factory=bundle_store, validation_alias="GPU_KEDRO_BUNDLES", description="bundles to answer from"
    )
    host: str = Field(default="127.0.0.1", description="address to listen on; 0.0.0.0 in a container")
    port: int = Field(default=8501, ge=1, le=65535, description="port to listen on")
    # behind `port`: pydantic-settings takes names in any case, and gives `port` to the first field that has it
    service_port: int = Field(
        default=8000, ge=1, le=65535, validation_alias="PORT", description="of the service on this machine"
    )
    timeout_seconds: float = Field(
        default=4.0, ge=0.1, le=4.5, description="how long all answers for one page may take"
    )
    max_file_mb: int = Field(default=10, ge=1, le=200, description="largest uploaded file")
    max_file_rows: int = Field(default=20_000, ge=1, le=1_000_000, description="most rows of an uploaded file")
    chunk_rows: int = Field(default=200, ge=1, le=2_000, description="rows of a file asked for at a time")

    @field_validator("api_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError("starts with http:// or https://, e.g. http://localhost:8000")
        _ = urlsplit(value).port  # raises ValueError where it is none
        return value.rstrip("/")
