"""Starts the app, and the HTTP service with it when none answers; ends both together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click
import httpx

from streamlit_app.settings import Settings

APP = Path(__file__).with_name("app.py")
_LOCAL = ("127.0.0.1", "localhost", "::1")
_START_SECONDS = 60.0
_END_SECONDS = 10.0


class LaunchError(RuntimeError):
    """The app or the service cannot be started; says why."""


def launch(settings: Settings, *, in_process: bool = False) -> int:
    """Run until Ctrl+C, SIGTERM or the end of either process; `in_process` there is no service.

    Returns:
        0 when asked to end, 1 when a process ended by itself.

    Raises:
        LaunchError: a port is taken, or the service does not start.
    """
    if not is_free(settings.host, settings.port):
        raise LaunchError(
            f"port {settings.port} is taken: end what listens there, or choose another with --port or "
            "GPU_KEDRO_APP_PORT"
        )
    asked_to_end: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda asked, _frame: asked_to_end.append(asked))
    children: list[subprocess.Popen[bytes]] = []
    try:
        address = None if in_process else _find_or_start(settings, children)
        children.append(_start_app(settings, address))
        while not asked_to_end:
            if any(child.poll() is not None for child in children):
                click.echo("the app or its service ended by itself; see the lines above", err=True)
                return 1
            time.sleep(0.2)
        return 0
    finally:
        _end(children)


def _find_or_start(settings: Settings, children: list[subprocess.Popen[bytes]]) -> str:
    """The address of a service that answers; one is started where none does."""
    address = settings.api_url or f"http://127.0.0.1:{settings.service_port}"
    if is_service(address):
        click.echo(f"asking the service at {address}", err=True)
        return address
    parts = urlsplit(address)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    if host not in _LOCAL:
        click.echo(f"no service answers at {address}: the app will say so until it does", err=True)
        return address
    if not is_free("127.0.0.1", port):
        port = choose_port()
    address = f"http://127.0.0.1:{port}"
    click.echo(f"starting the service at {address}", err=True)
    service = _start([sys.executable, "-m", "api.server"], _service_environment(port))
    children.append(service)
    _wait_for(address, service)
    return address


def _service_environment(port: int) -> dict[str, str]:
    # it serves this app alone: nobody needs to be drained, and its request log would hide the app's own lines
    quiet = {"GPU_KEDRO_DRAIN_SECONDS": "0", "GPU_KEDRO_LOG_LEVEL": "WARNING"}
    return {**quiet, **os.environ, "PORT": str(port), "GPU_KEDRO_HOST": "127.0.0.1"}


def _start_app(settings: Settings, address: str | None) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if name != "API_URL"}
    if address is not None:
        environment["API_URL"] = address
    shown = "localhost" if settings.host in ("0.0.0.0", *_LOCAL) else settings.host  # noqa: S104  # nosec B104
    command = [sys.executable, "-m", "streamlit", "run", str(APP)]
    command += ["--server.address", settings.host, "--server.port", str(settings.port)]
    # without an address to show, Streamlit asks another host for this machine's
    command += ["--browser.serverAddress", shown]
    return _start(command, environment)


def _start(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # in a session of their own, so that Ctrl+C reaches them through `_end` only
    return subprocess.Popen(command, env=dict(environment), start_new_session=True)  # noqa: S603


def _wait_for(address: str, service: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if service.poll() is not None:
            raise LaunchError("the service did not start; see the lines above")
        if is_service(address):
            return
        time.sleep(0.1)
    raise LaunchError(f"the service at {address} does not answer after {_START_SECONDS:g} s")


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def is_service(address: str) -> bool:
    """Whether a service of this project answers at an address."""
    try:
        answer = httpx.get(f"{address}/health/live", timeout=2.0, trust_env=False)
        told = answer.json()
    except (httpx.HTTPError, ValueError):
        return False
    return isinstance(told, dict) and told.get("status") == "live"


def is_free(host: str, port: int) -> bool:
    """Whether nothing listens on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
