from collections.abc import Iterator

import pytest
from servers import PASSWORD, USER, TrackingServer, run_current_server, run_dagshub_like_server


@pytest.fixture(autouse=True)
def _mlflow_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take back what a run sets for MLflow's client."""
    for name in ("MAX_RETRIES", "TIMEOUT"):
        monkeypatch.setenv(f"MLFLOW_HTTP_REQUEST_{name}", {"MAX_RETRIES": "1", "TIMEOUT": "60"}[name])
    monkeypatch.setenv("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")


@pytest.fixture
def point_at(monkeypatch: pytest.MonkeyPatch):
    """Sets the address and the credentials of the tracking server."""

    def point(uri: str, user: str = USER, password: str = PASSWORD) -> None:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", user)
        monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", password)

    return point


@pytest.fixture(scope="session")
def current_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrackingServer]:
    with run_current_server(tmp_path_factory.mktemp("current_server")) as server:
        yield server


@pytest.fixture(scope="session")
def dagshub_like_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrackingServer]:
    with run_dagshub_like_server(tmp_path_factory.mktemp("old_server")) as server:
        yield server


@pytest.fixture(params=["current_server", "dagshub_like_server"])
def server(request: pytest.FixtureRequest) -> TrackingServer:
    """Each of the servers that runs must arrive at."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def logged_in(point_at):
    """Points at a server with the right credentials."""

    def point(server: TrackingServer) -> TrackingServer:
        point_at(server.uri)
        server.seen.clear()
        server.refused.clear()
        server.dies_after = float("inf")
        return server

    return point
