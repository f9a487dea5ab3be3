"""`python -m bench.costs`: what predictions cost in each cloud, from the processor time that one request takes.

Prices are inputs: list prices in US dollars as of `PRICES_OF`, without tax, data transfer and discounts. Look them up
before you rely on the result.
"""

import json
import sys
import tempfile
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import click

from bench.processes import run_server
from gpu_kedro.resolvers import bundle_store

PRICES_OF = "2026-05"
_HOURS = 730.0
_MILLION = 1e6
_WARM_UP, _REQUESTS = 200, 3000


@dataclass(frozen=True)
class Prices:
    """List prices of the smallest sensible set-up of each cloud."""

    run_cpu_second: float = 0.000024
    run_gib_second: float = 0.0000025
    run_million_requests: float = 0.40
    run_free_cpu_seconds: float = 180_000
    run_free_gib_seconds: float = 360_000
    run_free_requests: float = 2_000_000
    run_gib: float = 0.5
    run_least_seconds: float = 0.1
    gke_cpu_hour: float = 0.0445
    gke_gib_hour: float = 0.0049225
    gke_cluster_hour: float = 0.10
    gke_balancer_hour: float = 0.025
    gke_pods: int = 2
    gke_pod_cpu: float = 0.25
    gke_pod_gib: float = 0.5
    render_month: float = 7.0
    render_cpu: float = 0.5


#: Share of the processor that is used on average; the rest is for peaks.
UTILISATION = 0.5


@dataclass(frozen=True)
class Cost:
    """What one cloud costs.

    Args:
        cloud: its name.
        idle_month: dollars a month when nobody asks.
        million: dollars for a million single predictions more, well used.
        month_of_ten_million: dollars a month at ten million single predictions.
    """

    cloud: str
    idle_month: float
    million: float
    month_of_ten_million: float


def find_costs(cpu_ms: float, prices: Prices | None = None) -> list[Cost]:
    """Costs from the processor milliseconds of one request."""
    prices = prices or Prices()
    cpu_seconds = cpu_ms / 1000 * _MILLION
    return [_cloud_run(cpu_seconds, prices), _kubernetes(cpu_seconds, prices), _render(cpu_seconds, prices)]


def _cloud_run(cpu_seconds: float, prices: Prices) -> Cost:
    # requests side by side share an instance, which is paid for while at least one is being answered
    paid = cpu_seconds / UTILISATION
    million = paid * (prices.run_cpu_second + prices.run_gib * prices.run_gib_second) + prices.run_million_requests
    used = 10 * paid
    month = (
        max(0.0, used - prices.run_free_cpu_seconds) * prices.run_cpu_second
        + max(0.0, used * prices.run_gib - prices.run_free_gib_seconds) * prices.run_gib_second
        + (10 - prices.run_free_requests / _MILLION) * prices.run_million_requests
    )
    return Cost("Cloud Run", 0.0, million, month)


def _kubernetes(cpu_seconds: float, prices: Prices) -> Cost:
    pod_hour = prices.gke_pod_cpu * prices.gke_cpu_hour + prices.gke_pod_gib * prices.gke_gib_hour
    idle = _HOURS * (prices.gke_cluster_hour + prices.gke_balancer_hour + prices.gke_pods * pod_hour)
    million = cpu_seconds / UTILISATION / 3600 * pod_hour / prices.gke_pod_cpu
    held = prices.gke_pods * prices.gke_pod_cpu * _HOURS * 3600 * UTILISATION / cpu_seconds
    return Cost("Kubernetes (GKE Autopilot)", idle, million, idle + max(0.0, 10 - held) * million)


def _render(cpu_seconds: float, prices: Prices) -> Cost:
    held = prices.render_cpu * _HOURS * 3600 * UTILISATION / cpu_seconds
    instances = -(-10 // held) if held < 10 else 1.0
    return Cost("Render (starter)", prices.render_month, prices.render_month / held, instances * prices.render_month)


def cost_lone_million(prices: Prices | None = None) -> float:
    """Dollars for a million predictions on Cloud Run when no two of them overlap: each is rounded up."""
    prices = prices or Prices()
    second = prices.run_cpu_second + prices.run_gib * prices.run_gib_second
    return _MILLION * prices.run_least_seconds * second + prices.run_million_requests


def write_table(costs: list[Cost]) -> str:
    """The costs as the deployment page has them."""
    lines = ["| cloud | a month, idle | a million more | a month of ten million |", "| --- | ---: | ---: | ---: |"]
    lines += [
        f"| {cost.cloud} | ${cost.idle_month:.2f} | ${cost.million:.2f} | ${cost.month_of_ten_million:.2f} |"
        for cost in costs
    ]
    return "\n".join(lines)


def measure_request() -> float:
    """Processor milliseconds of one single prediction over a kept connection, all of the server's work included."""
    environment = {"GPU_KEDRO_BUNDLES": str(bundle_store()), "GPU_KEDRO_DRAIN_SECONDS": "0"}
    script = str(Path(sys.executable).with_name("gpu-kedro"))
    with (
        tempfile.TemporaryDirectory() as logs,
        run_server("api", lambda port: (script, "serve", "--port", str(port)), environment, Path(logs)) as api,
    ):
        api.wait_until_ready("/health/ready", 60)
        connection = HTTPConnection("127.0.0.1", api.port, timeout=10)
        for number in range(_WARM_UP):
            _ask(connection, number)
        before = api.cpu_seconds()
        for number in range(_REQUESTS):
            _ask(connection, number)
        return (api.cpu_seconds() - before) / _REQUESTS * 1000


def _ask(connection: HTTPConnection, number: int) -> None:
    # a name of its own each time, so that nothing is answered from memory
    body = json.dumps({"name": f"GeForce RTX 30{number % 100:02} {number}", "tdp_w": 100 + number % 200})
    connection.request("POST", "/v1/predict", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"the service answered {answer.status}")


@click.command()
@click.option("--cpu-ms", type=click.FloatRange(min=0, min_open=True), help="of one request; measured when left out")
def main(cpu_ms: float | None) -> None:
    """Print the table of the deployment page."""
    cpu_ms = cpu_ms or measure_request()
    click.echo(f"{cpu_ms:.2f} ms of processor time a prediction; prices of {PRICES_OF}\n")
    click.echo(write_table(find_costs(cpu_ms)))


if __name__ == "__main__":
    main()
