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
            try:
                connection.request("POST", "/v1/predict", BODY, JSON)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                self.lost += 1
                return
            self.statuses.append(answer.status)
            if answer.getheader("Connection") == "close":
                return


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
            try:
                connection.request("POST", "/v1/predict", BODY, {**JSON, "Connection": "close"})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                self.lost += 1
                return
            self.statuses.append(answer.status)
