"""Bundles that must not be served, and versions of one that may."""

import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from gpu_kedro.modelling.bundle.files import MANIFEST, POINTER, read_bundle, read_manifest, write_bundle

OWN = ("format", "content_sha256", "files", "manifest_sha256")
Damage = Callable[[Path], None]


def point_at(store: Path, version: str) -> None:
    (store / "next.json").write_text(json.dumps({"version": version}))
    (store / "next.json").replace(store / POINTER)


def add_variant(store: Path, version: str, number: int) -> str:
    """A bundle like another, whose every interval is wider by some percent."""
    files, manifest = read_bundle(store / version)
    files = dict(files)
    for name in [name for name in files if name.endswith("/calibration.json")]:
        head = json.loads(files[name])
        for strata in head.get("quantiles", {}).values():
            strata.update({stratum: value * (1 + number / 50) for stratum, value in strata.items()})
        files[name] = json.dumps(head).encode()
    name = f"20990101T{number:06}Z-variant"
    facts = {key: value for key, value in manifest.items() if key not in OWN}
    write_bundle(store / name, files, {**facts, "version": name})
    return name


def serve_unexplained(store: Path, version: str) -> str:
    """Point at a copy of a version that is older than explanations; gives its name."""
    files, manifest = read_bundle(store / version)
    del files["typical_gpu.json"]
    name = "20250101T000000Z-old"
    facts = {key: value for key, value in manifest.items() if key not in OWN}
    write_bundle(store / name, files, {**facts, "version": name})
    point_at(store, name)
    return name


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def cut_last_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def list_damages(folder: Path) -> Iterator[tuple[str, Path, Damage]]:
    """Every file cut in half and full of zeros, some without their last byte or gone; then 100 random bits."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    chance = random.Random(6)
    for path in paths:
        for damage in (cut, zero):
            yield damage.__name__, path, damage
    for path in chance.sample(paths, k=20):
        for damage in (cut_last_byte, Path.unlink):
            yield damage.__name__, path, damage
    places = chance.choices(paths, weights=[path.stat().st_size for path in paths], k=80)
    places += [*chance.choices(paths, k=19), folder / MANIFEST]
    for path in places:
        bit = chance.randrange(8 * path.stat().st_size)
        yield f"bit {bit}", path, lambda path, bit=bit: flip(path, bit)


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << (bit % 8)
    path.write_bytes(content)


def rewrite(folder: Path, edit: Callable[[dict[str, bytes], dict[str, Any]], None], **forced: object) -> None:
    """Write a bundle anew with other content, whose hashes are right."""
    files, manifest = read_bundle(folder)
    files = dict(files)
    facts = deepcopy({key: value for key, value in manifest.items() if key not in OWN})
    edit(files, facts)
    write_bundle(folder, files, {**facts, **forced})


def make_older(folder: Path) -> None:
    """As a version wrote it that knew fewer features."""
    rewrite(folder, lambda _, facts: facts.update(features=facts["features"][:-1]))


def make_half(folder: Path) -> None:
    """As a copy leaves it that is cut off: some files, and no manifest."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file())[::2]:
        path.unlink()
    (folder / MANIFEST).unlink(missing_ok=True)


def make_foreign(folder: Path) -> None:
    """A bundle of something else: complete, unchanged, of this format."""
    shutil.rmtree(folder)
    write_bundle(folder, {"model.onnx": b"of another project"}, {"version": folder.name})


def lack_a_model(folder: Path) -> None:
    """Complete and unchanged by its hashes, but a model is another one."""

    def edit(files: dict[str, bytes], _: dict[str, Any]) -> None:
        for name in [name for name in files if name.endswith(".onnx")]:
            files[name] = b"of another project"

    rewrite(folder, edit)


def damage_largest(folder: Path) -> None:
    zero(max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size))


def reach_outside(folder: Path) -> None:
    """A manifest that lists a file outside the bundle, with right hashes of everything."""
    (folder.parent / "outside.json").write_bytes((folder / "features.json").read_bytes())
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["files"]["../outside.json"] = manifest["files"]["features.json"]
    seal(folder, manifest)


def seal(folder: Path, manifest: dict[str, Any]) -> None:
    """Write a manifest with the hashes that its content asks for."""
    lines = sorted((name, entry["sha256"]) for name, entry in manifest["files"].items())
    manifest["content_sha256"] = hashlib.sha256("".join(f"{n} {h}\n" for n, h in lines).encode()).hexdigest()
    manifest["manifest_sha256"] = ""
    blank = json.dumps(manifest, indent=1, sort_keys=True).encode()
    manifest["manifest_sha256"] = hashlib.sha256(blank).hexdigest()
    (folder / MANIFEST).write_bytes(json.dumps(manifest, indent=1, sort_keys=True).encode())


def make_format_zero(folder: Path) -> None:
    manifest = read_manifest(folder)
    manifest["format"] = 0
    seal(folder, manifest)


def lay_pipe(folder: Path) -> None:
    """A listed file that whoever opens it waits for."""
    (folder / "features.json").unlink()
    os.mkfifo(folder / "features.json")


def lay_pipe_as_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    os.mkfifo(folder / MANIFEST)


def link_away(folder: Path) -> None:
    """A listed file that is a link to 3 GB elsewhere."""
    large = folder.parent / "large"
    with large.open("wb") as file:
        file.truncate(3_000_000_000)
    (folder / "features.json").unlink()
    (folder / "features.json").symlink_to(large)


def link_whole(folder: Path) -> None:
    """A version that is a link to another one."""
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


def make_copy(folder: Path) -> None:
    """A copy of another version under a name of its own."""
    other = min(path.parent for path in folder.parent.glob("*/manifest.json"))
    shutil.rmtree(folder)
    shutil.copytree(other, folder)


def swell_manifest(folder: Path) -> None:
    with (folder / MANIFEST).open("r+b") as file:
        file.truncate(3_000_000_000)


def nest_manifest(folder: Path) -> None:
    (folder / MANIFEST).write_bytes(b"[" * 1_000_000)


def name_surrogates(folder: Path) -> None:
    """A file whose name is no text."""
    (folder / os.fsdecode(b"\xff\xfe.json")).write_bytes(b"{}")


BAD = (
    *(make_older, make_format_zero, make_half, make_foreign, lack_a_model, damage_largest, reach_outside),
    *(lay_pipe, lay_pipe_as_manifest, link_away, link_whole, make_copy, swell_manifest, nest_manifest, name_surrogates),
)
