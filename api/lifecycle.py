"""Where the service stands between start and end, as the server tells and the routes read."""

from dataclasses import dataclass


@dataclass
class Lifecycle:
    """The steps of an end that loses no request.

    Args:
        is_draining: readiness is refused, so that no balancer sends more; everything is still answered.
        is_leaving: every answer asks its client to close the connection.
    """

    is_draining: bool = False
    is_leaving: bool = False
