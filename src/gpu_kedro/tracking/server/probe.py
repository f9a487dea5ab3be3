"""Asks a tracking server one short question before anything depends on it."""

import logging
import os
import socket
import ssl
from typing import Any, Literal, NamedTuple

from gpu_kedro.domain.errors import walk_causes
from gpu_kedro.tracking.bounded import Budget, GivenUpError, bound_answers, call_within
from gpu_kedro.tracking.errors import hide_secrets

State = Literal["alive", "refuses_credentials", "unreachable"]
_SEARCH = "/api/2.0/mlflow/experiments/search"
_REGISTRY_SEARCH = "/api/2.0/mlflow/registered-models/search"


class Probe(NamedTuple):
    """What a server answered.

    Args:
        state: any HTTP answer but 401 and 403 is alive.
        detail: why it is not, or what is odd about its answer; empty when all is well.
    """

    state: State
    detail: str = ""


def bound_requests(seconds: int) -> None:
    """Make MLflow's client give up soon; its defaults wait for 4 to 21 minutes. What the environment says wins.

    A request may take so many seconds, and is tried twice. Nor does the client follow a server that sends it, or files,
    to another one.
    """
    bound_answers()
    os.environ.setdefault("MLFLOW_ALLOW_HTTP_REDIRECTS", "false")
    os.environ.setdefault("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", "false")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", str(seconds))
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    # says at each second try what ends in one line of ours anyway
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


def probe_server(address: str, seconds: float) -> Probe:
    """Search the experiments of a server, with the credentials that MLflow's client would use.

    The time that it may take includes looking its name up.
    """
    try:
        status = _ask(address, "POST", _SEARCH, seconds, json={"max_results": 1})
    except GivenUpError:
        return Probe("unreachable", f"did not answer within {seconds:g} s")
    except Exception as err:  # noqa: BLE001  # whatever the network does, the answer is: not reachable
        return Probe("unreachable", _explain(err, seconds))
    if status in (401, 403):
        return Probe("refuses_credentials", f"refuses the credentials (HTTP {status})")
    return Probe("alive", "" if status == 200 else f"answers HTTP {status} to a search of its experiments")


def has_registry(address: str, seconds: float) -> bool:
    """Whether the server answers for a model registry; DagsHub's may not."""
    try:
        return bool(_ask(address, "GET", _REGISTRY_SEARCH, seconds, params={"max_results": 1}) == 200)
    except Exception:  # noqa: BLE001  # unreachable is as good as none
        return False


def _ask(address: str, method: str, path: str, seconds: float, **content: Any) -> Any:
    def ask() -> int:
        from mlflow.utils.credentials import get_default_host_creds
        from mlflow.utils.rest_utils import http_request

        bound_answers()
        answer = http_request(
            get_default_host_creds(address),
            path,
            method,
            max_retries=0,
            timeout=seconds,
            raise_on_status=False,
            allow_redirects=False,
            **content,
        )
        return int(answer.status_code)

    return call_within(Budget(seconds + 1), ask)


def _explain(error: BaseException, seconds: float) -> str:
    for cause in walk_causes(error):
        if isinstance(cause, ConnectionRefusedError):
            return "refuses the connection"
        if isinstance(cause, socket.gaierror):
            return "has a name that cannot be looked up"
        if isinstance(cause, ssl.SSLError):
            return "has a certificate that is not trusted"
        if isinstance(cause, TimeoutError) or "Timeout" in type(cause).__name__:
            return f"did not answer within {seconds:g} s"
    return f"cannot be reached ({hide_secrets(str(error))[:200]})"
