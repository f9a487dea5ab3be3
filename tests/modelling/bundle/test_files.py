import hashlib
import json
import random
from pathlib import Path

import pytest

from gpu_kedro.modelling.bundle.files import BundleError, read_bundle, read_pointer, write_bundle

FILES = {"weights.npy": bytes(range(64)), "targets/price/head.json": b'{"a": 1}'}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_bundle(tmp_path / "bundle", FILES, {"rows": 3})
    return tmp_path / "bundle"


def test_a_bundle_comes_back_as_it_was_written(folder: Path):
    files, manifest = read_bundle(folder)
    assert files == FILES
    assert manifest["rows"] == 3


def test_equal_content_has_an_equal_hash_whatever_the_order(tmp_path: Path):
    write_bundle(tmp_path / "a", FILES, {})
    write_bundle(tmp_path / "b", dict(reversed(FILES.items())), {"created": "later"})
    first, second = (json.loads((tmp_path / name / "manifest.json").read_text()) for name in "ab")
    assert first["content_sha256"] == second["content_sha256"]


def test_any_flipped_bit_is_refused(folder: Path):
    chance = random.Random(3)
    paths = [path for path in folder.rglob("*") if path.is_file()]
    for _ in range(200):
        path = chance.choice(paths)
        original = path.read_bytes()
        changed = bytearray(original)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        with pytest.raises(BundleError):
            read_bundle(folder)
        path.write_bytes(original)
    assert read_bundle(folder)[0] == FILES


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_a_truncated_or_missing_file_is_named(folder: Path, name: str):
    (folder / name).write_bytes((folder / name).read_bytes()[:-1])
    with pytest.raises(BundleError, match=name):
        read_bundle(folder)
    (folder / name).unlink()
    with pytest.raises(BundleError, match=name):
        read_bundle(folder)


def test_a_file_that_the_manifest_does_not_list_is_refused(folder: Path):
    (folder / "extra.onnx").write_bytes(b"x")
    with pytest.raises(BundleError, match=r"extra\.onnx"):
        read_bundle(folder)


@pytest.mark.parametrize("name", ["model.pkl", "a/model.joblib", "../out.json", "/etc/passwd", "manifest.json"])
def test_pickles_and_paths_out_of_the_folder_are_refused(tmp_path: Path, name: str):
    with pytest.raises(BundleError, match=r"cannot be a file|no pickles"):
        write_bundle(tmp_path / "bundle", {name: b"x"}, {})
    assert not list(tmp_path.iterdir())


def test_a_manifest_that_lists_a_file_outside_is_refused(folder: Path):
    (folder.parent / "outside.json").write_bytes(b"x")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["../outside.json"] = {"sha256": hashlib.sha256(b"x").hexdigest(), "bytes": 1}
    blank = json.dumps(manifest | {"manifest_sha256": ""}, indent=1, sort_keys=True).encode()
    manifest["manifest_sha256"] = hashlib.sha256(blank).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True))
    with pytest.raises(BundleError, match=r"outside\.json' cannot be a file of a bundle"):
        read_bundle(folder)


@pytest.mark.parametrize("version", ["", ".", "..", ".20990101", "a/b", "../a", 7, None])
def test_a_pointer_to_something_that_is_no_version_is_refused(tmp_path: Path, version: object):
    (tmp_path / "current.json").write_text(json.dumps({"version": version}))
    with pytest.raises(BundleError, match="names no version"):
        read_pointer(tmp_path)


def test_a_write_that_fails_leaves_the_old_bundle_and_no_rest(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("gpu_kedro.modelling.bundle.files.os.fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_bundle(folder, {"other.json": b"{}"}, {})
    assert read_bundle(folder)[0] == FILES
    assert [path.name for path in folder.parent.iterdir()] == ["bundle"]


def test_a_bundle_of_another_format_is_refused(folder: Path):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(BundleError, match="another format"):
        read_bundle(folder)
