import pytest
from servers import PASSWORD, USER


@pytest.fixture(autouse=True)
def _mlflow_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take back what a run sets for MLflow's client."""
    for name in ("MAX_RETRIES", "TIMEOUT"):
        monkeypatch.setenv(f"MLFLOW_HTTP_REQUEST_{name}", {"MAX_RETRIES": "1", "TIMEOUT": "10"}[name])
    monkeypatch.setenv("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")


@pytest.fixture
def point_at(monkeypatch: pytest.MonkeyPatch):
    """Sets the address and the credentials of the tracking server."""

    def point(uri: str, user: str = USER, password: str = PASSWORD) -> None:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", user)
        monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", password)

    return point
