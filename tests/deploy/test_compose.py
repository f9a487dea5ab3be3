"""compose.yml says what Compose understands, and every container is closed up."""

import json
from typing import Any

import pytest
import yaml
from promises import promise
from workspace import PROJECT

from api.settings import Settings


@pytest.fixture(scope="module")
def services(check) -> dict[str, Any]:
    """The services as Compose itself reads them."""
    return json.loads(check("docker-compose", "--file", "compose.yml", "config", "--format", "json"))["services"]


def test_the_file_follows_the_specification(check):
    check("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yml")


def test_the_whole_system_is_there_and_starts_in_order(services):
    waits = {
        name: {other: on["condition"] for other, on in (service.get("depends_on") or {}).items()}
        for name, service in services.items()
    }
    assert waits == {
        "api": {"train": "service_completed_successfully"},
        "app": {"api": "service_healthy"},
        "mlflow": {},
        "train": {"mlflow": "service_healthy"},
    }


@promise("security.containers", "containers with a capability, a writable root or an open port", at_most=0)
def test_every_container_is_closed_up(services, measured):
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"] is True, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["mem_limit"]) <= 4 << 30, name
        for port in service.get("ports", []):
            assert port["host_ip"] == "127.0.0.1", name
    measured("security.containers", 0, f"{len(services)} services of compose.yml")


def test_the_service_cannot_change_bundles(services):
    (volume,) = services["api"]["volumes"]
    assert (volume["target"], volume["read_only"]) == ("/data", True)
    assert services["api"]["environment"]["GPU_KEDRO_BUNDLES"].startswith("/data/")


def test_variables_of_the_service_are_its_own():
    named = yaml.safe_load((PROJECT / "compose.yml").read_text())["services"]["api"]["environment"]
    assert set(named) <= {f"GPU_KEDRO_{field.upper()}" for field in Settings.model_fields}
