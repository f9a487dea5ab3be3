"""What ends a run or a command with one line; the text never holds a password."""

import os
import re

import click

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
