"""Clients that ask again and again until the service ends, and count what is lost."""

import http.client
import json
import threading
import time

BODY = json.dumps({"name": "RTX 3070"})
JSON = {"Content-Type": "application/json"}


class Caller(threading.Thread):
    """Asks again and again over one connection, until that is closed with an answer."""

    def __init__(self, port):
        super().__init__()
        self.port, self.statuses, self.lost = port, [], 0

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            answer = self._ask(connection, JSON)
            if answer is None or answer.getheader("Connection") == "close":
                return

    def _ask(self, connection, headers):
        """Ask once, and count what came of it; None when it was lost."""
        try:
            connection.request("POST", "/v1/predict", BODY, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.lost += 1
            return None
        self.statuses.append(answer.status)
        return answer


class FreshCaller(Caller):
    """Asks on a new connection each time, until nobody listens any more."""

    def run(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.connect()
            except OSError:
                return
            if self._ask(connection, {**JSON, "Connection": "close"}) is None:
                return
