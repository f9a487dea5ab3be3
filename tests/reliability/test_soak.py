"""Ten minutes of load, begun when the tests that need quiet are over."""

import statistics
from collections.abc import Callable
from typing import Any

import pytest
from promises import Measured, promise

pytestmark = pytest.mark.reliability
#: Of the first and of the last minute, one each two seconds.
SAMPLES = 30


@promise("load.soak_failed", "10 minutes of load: requests that fail", at_most=0, unit="requests")
@promise("load.soak_memory", "10 minutes of load: memory grows by", at_most=5, unit="%")
@promise("load.soak_files", "10 minutes of load: files and sockets that stay open", at_most=0, unit="files")
def test_ten_minutes_of_load_leave_memory_and_files_as_they_were(
    soak: Callable[[], dict[str, Any]], measured: Measured
):
    found = soak()
    samples = found["samples"]
    assert len(samples) > 2 * SAMPLES
    (first_mb, first_files), (last_mb, last_files) = (
        [statistics.median(column) for column in zip(*part, strict=True)]
        for part in (samples[:SAMPLES], samples[-SAMPLES:])
    )
    measured("load.soak_failed", found["failed"], found["load"])
    growth = 100 * (last_mb / first_mb - 1)
    measured("load.soak_memory", growth, f"{first_mb:.0f} MB in the first minute, {last_mb:.0f} MB in the last")
    measured("load.soak_files", last_files - first_files, f"{last_files:.0f} in the last minute")
