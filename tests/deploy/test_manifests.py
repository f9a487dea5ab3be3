"""Manifests of the clouds: valid, and as closed as the service allows."""

from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest
import yaml
from deploy_pages import DEPLOY
from promises import promise

from api.settings import Settings

VERSION = "1.32"
BASE = sorted((DEPLOY / "kubernetes" / "base").glob("*.yaml"))


def pods(manifests: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Specifications of all pods, by what makes them."""
    for manifest in manifests:
        spec = manifest.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield manifest["metadata"]["name"], spec["template"]["spec"]


def only(manifests: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def api_pod(manifests: list[dict[str, Any]]) -> dict[str, Any] | None:
    return dict(pods(manifests)).get("gpu-kedro-api")


@pytest.mark.parametrize("path", [path for path in BASE if path.stem != "kustomization"], ids=lambda path: path.stem)
def test_a_manifest_of_the_base_is_valid(path):
    for manifest in yaml.safe_load_all(path.read_text()):
        kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_rendered_manifests_are_valid(manifests):
    for manifest in manifests:
        kubernetes_validate.validate(manifest, VERSION, strict=True)


@promise("security.pods", "pods outside of the restricted standard, or with a writable root", at_most=0)
def test_pods_keep_the_restricted_standard_and_a_read_only_root(manifests, measured):
    for name, pod in pods(manifests):
        security = pod["securityContext"]
        assert security["runAsNonRoot"] is True, name
        assert security["runAsUser"] >= 10_000, name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }, name
            assert set(container["resources"]["requests"]) == {"cpu", "memory"}, name
            assert "memory" in container["resources"]["limits"], name
    measured("security.pods", 0)


def test_every_mount_has_its_volume_and_every_claim_is_made(manifests):
    claims = {claim["metadata"]["name"] for claim in only(manifests, "PersistentVolumeClaim")}
    for name, pod in pods(manifests):
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        assert {mount["name"] for container in pod["containers"] for mount in container["volumeMounts"]} == set(
            volumes
        ), name
        for volume in volumes.values():
            if "persistentVolumeClaim" in volume:
                assert volume["persistentVolumeClaim"]["claimName"] in claims, name


def test_every_selector_finds_its_pods(manifests):
    labels = [
        manifest["spec"]["template"]["metadata"]["labels"]
        for manifest in manifests
        if manifest["kind"] in ("Deployment", "Job")
    ] + [
        manifest["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
        for manifest in only(manifests, "CronJob")
    ]
    wanted = [manifest["spec"]["selector"] for manifest in only(manifests, "Service")]
    wanted += [manifest["spec"]["selector"]["matchLabels"] for manifest in only(manifests, "PodDisruptionBudget")]
    wanted += [policy["spec"]["podSelector"].get("matchLabels", {}) for policy in only(manifests, "NetworkPolicy")]
    for selector in wanted:
        assert any(selector.items() <= found.items() for found in labels), selector


def test_the_service_is_asked_how_it_is_in_three_ways_and_has_time_to_end(manifests):
    pod = api_pod(manifests)
    if pod is None:
        assert "dask-scheduler" in dict(pods(manifests))
        return
    (container,) = pod["containers"]
    asked = {
        probe: container[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")
    }
    assert asked == {
        "startupProbe": "/health/ready",
        "readinessProbe": "/health/ready",
        "livenessProbe": "/health/live",
    }
    environment = {entry["name"]: entry.get("value") for entry in container["env"]}
    known = {f"GPU_KEDRO_{field.upper()}" for field in Settings.model_fields} | {"PORT"}
    assert set(environment) <= known
    assert pod["terminationGracePeriodSeconds"] > float(environment["GPU_KEDRO_DRAIN_SECONDS"]) + 30


def test_a_namespace_with_the_service_is_closed_but_for_it(manifests):
    policies = {policy["metadata"]["name"]: policy["spec"] for policy in only(manifests, "NetworkPolicy")}
    if api_pod(manifests) is None:
        assert policies["dask"]["ingress"] == [
            {"from": [{"podSelector": {"matchLabels": {"gpu-kedro/network": "dask"}}}]}
        ]
        return
    assert policies["deny-all"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert policies["gpu-kedro-api"]["policyTypes"] == ["Ingress"]
    (scaler,), (budget,) = only(manifests, "HorizontalPodAutoscaler"), only(manifests, "PodDisruptionBudget")
    assert scaler["spec"]["scaleTargetRef"]["name"] == "gpu-kedro-api"
    assert scaler["spec"]["minReplicas"] < scaler["spec"]["maxReplicas"]
    assert budget["spec"]["maxUnavailable"] == 1


def test_counts_are_on_a_port_that_nothing_public_shows(manifests):
    pod = api_pod(manifests)
    if pod is None:
        return
    (container,) = pod["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    environment = {entry["name"]: entry.get("value") for entry in container["env"]}
    assert (ports["metrics"], environment["GPU_KEDRO_METRICS_PORT"]) == (9090, "9090")
    for service in only(manifests, "Service"):
        assert [port["targetPort"] for port in service["spec"]["ports"]] == ["http"]
        assert service["spec"].get("type", "ClusterIP") == "ClusterIP"
    for ingress in only(manifests, "Ingress"):
        (rule,) = ingress["spec"]["rules"]
        assert [path["path"] for path in rule["http"]["paths"]] == ["/v1", "/docs", "/health", "/openapi.json"]


def test_the_ingress_does_what_the_front_does():
    (ingress,) = yaml.safe_load_all((DEPLOY / "kubernetes/overlays/production/ingress.yaml").read_text())
    given = {name.removeprefix("nginx.org/"): value for name, value in ingress["metadata"]["annotations"].items()}
    front = (DEPLOY / "edge" / "nginx.conf").read_text()
    for annotation, directive in {
        "client-max-body-size": "client_max_body_size {};",
        "fail-timeout": "fail_timeout={};",
        "limit-req-burst": "burst={} nodelay;",
        "limit-req-reject-code": "limit_req_status {};",
        "max-conns": "max_conns={} ",
        "max-fails": "max_fails={} ",
        "proxy-buffers": "proxy_buffers {};",
        "proxy-connect-timeout": "proxy_connect_timeout {};",
        "proxy-max-temp-file-size": "proxy_max_temp_file_size {};",
        "proxy-next-upstream": "proxy_next_upstream {};",
        "proxy-read-timeout": "proxy_read_timeout {};",
    }.items():
        assert directive.format(given[annotation]) in front, annotation


def test_cloud_run_starts_the_image_small_and_bounded():
    service = yaml.safe_load((DEPLOY / "cloud-run" / "service.yaml").read_text())
    assert (service["apiVersion"], service["kind"]) == ("serving.knative.dev/v1", "Service")
    template = service["spec"]["template"]
    assert int(template["metadata"]["annotations"]["autoscaling.knative.dev/maxScale"]) <= 10
    (container,) = template["spec"]["containers"]
    assert container["resources"]["limits"] == {"cpu": "1", "memory": "512Mi"}
    assert container["startupProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    # Cloud Run sets $PORT itself, and refuses a service that does
    assert {entry["name"] for entry in container["env"]} == {"GPU_KEDRO_CHECK_SECONDS", "GPU_KEDRO_DRAIN_SECONDS"}
    assert template["spec"]["containerConcurrency"] <= Settings.model_fields["max_concurrency"].default


def test_render_starts_the_image_and_makes_the_key_itself():
    (service,) = yaml.safe_load((DEPLOY / "render" / "render.yaml").read_text())["services"]
    assert (service["type"], service["runtime"], service["plan"]) == ("web", "image", "starter")
    assert service["healthCheckPath"] == "/health/ready"
    assert {entry["key"]: {*entry} - {"key"} for entry in service["envVars"]} == {
        "GPU_KEDRO_API_KEY": {"generateValue"},
        "PORT": {"value"},
    }
