"""What ends a run or a command with one line; the text never holds a password."""

import errno
import os
import re

import click

from gpu_kedro.tracking.bounded import GivenUpError

_USERINFO = re.compile(r"//[^/@\s]*@")
_SECRETS = ("MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN")


def hide_secrets(text: str) -> str:
    """The text without credentials in addresses and without the values of the secret variables."""
    text = _USERINFO.sub("//", text)
    for name in _SECRETS:
        secret = os.environ.get(name, "").strip()
        if secret:
            text = text.replace(secret, "***")
    return text


class TrackingError(click.ClickException):
    """The tracking server cannot be used; Kedro's and the project's command lines show it as one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(hide_secrets(message).split()))


class NotSentError(TrackingError):
    """The run is complete and recorded here, but the server does not have all of it."""

    exit_code = 3


def explain_failure(error: BaseException) -> str:
    """Why a store or a server did not take a run, in a few words."""
    text = " ".join(str(error).split())
    if isinstance(error, GivenUpError):
        return "the server was too slow or stopped answering"
    if any(f"error code {code}" in text for code in (401, 403)) or "PERMISSION_DENIED" in text:
        return "the server refuses the credentials: check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
    if "Max retries exceeded" in text or "failed with exception" in text:
        return "the server stopped answering"
    if "disk is full" in text or getattr(error, "errno", None) == errno.ENOSPC:
        return "no space left on the device: make room"
    return hide_secrets(text[:200] or type(error).__name__)
