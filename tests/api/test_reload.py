import gc
import json
import time
import weakref

import pytest
from fastapi.testclient import TestClient

from api.main import create_app
from api.settings import Settings
from gpu_kedro.modelling.bundle.files import MANIFEST, read_bundle, write_bundle

QUERY = {"name": "RTX 3070"}


def promote(store, name):
    (store / "next.json").write_text(json.dumps({"version": name}))
    (store / "next.json").replace(store / "current.json")


def write_version(store, old, new):
    """Store the same models as another version."""
    files, manifest = read_bundle(store / old)
    own = ("format", "content_sha256", "files", "manifest_sha256")
    write_bundle(store / new, files, {**{k: v for k, v in manifest.items() if k not in own}, "version": new})


def wait_for(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "did not happen in 20 s"
        time.sleep(0.05)


def test_a_promoted_bundle_is_swapped_in_while_serving(open_client, store, version):
    client = open_client(bundles=store, check_seconds=0.05)
    write_version(store, version, "20990101T000000Z-other")
    assert client.post("/v1/predict", json=QUERY).json()["model_version"] == version
    validator = {"If-None-Match": client.get("/v1/model").headers["etag"]}
    assert client.get("/v1/model", headers=validator).status_code == 304
    promote(store, "20990101T000000Z-other")
    wait_for(lambda: client.post("/v1/predict", json=QUERY).json()["model_version"] == "20990101T000000Z-other")
    assert client.get("/health/ready").json()["model_version"] == "20990101T000000Z-other"
    assert client.get("/v1/model", headers=validator).status_code == 200


@pytest.fixture
def own_thresholds():
    """The collector as Python starts it; another service may run in this process."""
    before, own = gc.get_threshold(), (700, 10, 10)
    gc.set_threshold(*own)
    gc.unfreeze()
    yield own
    gc.set_threshold(*before)


def test_the_garbage_collector_is_spared_what_serves_and_rid_of_what_served_before(store, version, own_thresholds):
    app = create_app(Settings(bundles=store, log_level="WARNING", check_seconds=0.05))
    with TestClient(app) as client:
        first = weakref.ref(app.state.store.current())
        assert gc.is_tracked(first())
        assert not any(thing is first() for thing in gc.get_objects())
        write_version(store, version, "20990101T000000Z-other")
        promote(store, "20990101T000000Z-other")
        wait_for(lambda: client.get("/health/ready").json()["model_version"] == "20990101T000000Z-other")
        wait_for(lambda: first() is None)
        second = app.state.store.current()
        wait_for(lambda: not any(thing is second for thing in gc.get_objects()))
        assert gc.get_threshold() > own_thresholds
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == own_thresholds
    assert any(thing is second for thing in gc.get_objects())


def test_a_bad_bundle_is_refused_and_the_old_one_stays(open_client, store, version, capsys):
    client = open_client(bundles=store, check_seconds=0.05)
    write_version(store, version, "20990101T000000Z-bad")
    damaged = store / "20990101T000000Z-bad" / "features.json"
    damaged.write_bytes(damaged.read_bytes() + b" ")
    promote(store, "20990101T000000Z-bad")
    wait_for(lambda: "bundle refused" in capsys.readouterr().out)
    assert client.get("/health/ready").status_code == 200
    assert client.post("/v1/predict", json=QUERY).json()["model_version"] == version


def test_a_service_that_started_empty_takes_the_first_bundle(open_client, store, version):
    pointer = (store / "current.json").read_text()
    (store / "current.json").unlink()
    client = open_client(bundles=store, check_seconds=0.05)
    assert client.get("/health/ready").status_code == 503
    (store / "current.json").write_text(pointer)
    wait_for(lambda: client.get("/health/ready").status_code == 200)
    assert (store / version / MANIFEST).is_file()
