"""The registers of PCI ids as a dataset."""

import logging
from pathlib import Path

import pytest
from kedro.io import DataCatalog, DatasetError

from gpu_kedro.datasets.pci_ids import PciIdsDataset

_REGISTER = """
10de  NVIDIA Corporation
\t10f0  GP104 High Definition Audio Controller
\t2504  GA106 [GeForce RTX 3060 Lite Hash Rate]
\t\t1462 397d  GeForce RTX 3060 VENTUS
"""
_REVISIONS = "# List of AMDGPU IDs\n1.0.0\n73FF,\tC1,\tAMD Radeon RX 6600 XT\n"


def test_both_registers_are_read_and_other_devices_left_out(tmp_path: Path):
    (tmp_path / "pci.ids").write_text(_REGISTER)
    (tmp_path / "amdgpu.ids").write_text(_REVISIONS)
    entry = {
        "type": "gpu_kedro.datasets.pci_ids.PciIdsDataset",
        "pci_ids": [str(tmp_path / "absent"), str(tmp_path / "pci.ids")],
        "amdgpu_ids": [str(tmp_path / "amdgpu.ids")],
    }
    assert DataCatalog.from_config({"device_names": entry})["device_names"].load() == {
        "10de:2504": "nvidia GA106 [GeForce RTX 3060 Lite Hash Rate]",
        "1002:73ff:c1": "AMD Radeon RX 6600 XT",
    }


def test_a_system_without_registers_is_told_what_to_install(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    dataset = PciIdsDataset(pci_ids=[str(tmp_path / "pci.ids")], amdgpu_ids=[str(tmp_path / "amdgpu.ids")])
    with caplog.at_level(logging.WARNING):
        assert dataset.load() == {}
    assert caplog.text.count("install Debian's packages pci.ids and libdrm-common") == 2
    assert not dataset.exists()


def test_the_registers_are_not_written():
    with pytest.raises(DatasetError, match="read-only"):
        PciIdsDataset(pci_ids=[], amdgpu_ids=[]).save({})  # type: ignore[arg-type]
