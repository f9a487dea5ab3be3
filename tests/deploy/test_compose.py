"""compose.yml says what Compose understands, and every container is closed up."""

import json
import re
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
        "edge": {"api": "service_healthy"},
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
        assert service["pids_limit"] <= 256, name
        for port in service.get("ports", []):
            assert port["host_ip"] == "127.0.0.1", name
    measured("security.containers", 0, f"{len(services)} services of compose.yml")


@pytest.fixture(scope="module")
def with_tls(check, tmp_path_factory) -> dict[str, Any]:
    """The front as Compose reads it where there is a certificate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CERTIFICATES", str(tmp_path_factory.mktemp("certificates")))
        files = ("--file", "compose.yml", "--file", "deploy/edge/compose.tls.yml")
        return json.loads(check("docker-compose", *files, "config", "--format", "json"))["services"]["edge"]


def test_the_service_is_reached_through_its_front_alone_and_mlflow_by_neither(services):
    shared = {name: set(service["networks"]) for name, service in services.items()}
    assert shared["mlflow"] == shared["train"] == {"tracking"}
    assert shared["api"] == shared["app"] == shared["edge"] == {"service"}
    assert "ports" not in services["api"]
    assert [port["target"] for port in services["edge"]["ports"]] == [8080]
    assert services["edge"]["environment"]["EDGE_HIDDEN"] == "^/metrics$$"  # Compose writes a dollar as two


def test_the_front_gets_the_file_that_is_tested(services, with_tls):
    mounts = {volume["target"]: volume for volume in services["edge"]["volumes"]}
    assert mounts["/etc/nginx/templates/nginx.conf.template"]["source"].endswith("deploy/edge/nginx.conf")
    assert services["edge"]["environment"]["NGINX_ENVSUBST_OUTPUT_DIR"] + "/nginx.conf" in services["edge"]["command"]
    named = set(re.findall(r"\$\{(\w+)}", (PROJECT / "deploy" / "edge" / "nginx.conf").read_text()))
    assert named == {name for name in services["edge"]["environment"] if name.startswith("EDGE_")}
    assert [port["target"] for port in with_tls["ports"]] == [8080, 8443]
    extras = {volume["target"] for volume in with_tls["volumes"]}
    assert {"/etc/nginx/edge.d/tls.conf", "/certificates"} <= extras


def test_the_service_cannot_change_bundles(services):
    (volume,) = services["api"]["volumes"]
    assert (volume["target"], volume["read_only"]) == ("/data", True)
    assert services["api"]["environment"]["GPU_KEDRO_BUNDLES"].startswith("/data/")


def test_variables_of_the_service_are_its_own():
    named = yaml.safe_load((PROJECT / "compose.yml").read_text())["services"]["api"]["environment"]
    assert set(named) <= {f"GPU_KEDRO_{field.upper()}" for field in Settings.model_fields}
