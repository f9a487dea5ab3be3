"""`python tests/support/soaking.py PORT PID SECONDS FILE`: a long load; its memory and files into FILE."""

import json
import sys
import threading
import time
from pathlib import Path

from crowd import Answer, names, send_for, write_batch, write_single

CLIENTS = 8
PAUSE_SECONDS = 0.05
#: Until caches are filled and every thread has its memory.
WARM_UP_SECONDS = 60
_EVERY_SECONDS = 2


def measure(pid: int) -> tuple[float, int]:
    """Proportional memory in MB (10⁶ bytes), and how many files are open."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    memory_kb = next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    return memory_kb * 1024 / 1e6, len(list(Path(f"/proc/{pid}/fd").iterdir()))


def main(port: int, pid: int, seconds: float, path: Path) -> None:
    """Warm up, then measure for as many seconds."""
    asked = names(5000, seed=9)
    requests = [write_single(name) for name in asked]
    requests[::100] = [write_batch(asked[start : start + 200]) for start in range(0, len(asked), 100)]
    samples: list[tuple[float, int]] = []
    done = threading.Event()

    def watch() -> None:
        end = time.monotonic() + WARM_UP_SECONDS
        while not done.wait(_EVERY_SECONDS):
            if time.monotonic() > end:
                samples.append(measure(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    shorten = lambda answer: Answer(answer.status, b"", b"", answer.seconds, answer.at)  # noqa: E731
    crowd = send_for(port, requests, CLIENTS, WARM_UP_SECONDS + seconds, pause_seconds=PAUSE_SECONDS, keep=shorten)
    done.set()
    watcher.join()
    failed = len(crowd.lost) + len(crowd.answers) - crowd.count()
    told = {"samples": samples, "failed": failed, "lost": crowd.lost[:5], "load": crowd.describe()}
    path.write_text(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
