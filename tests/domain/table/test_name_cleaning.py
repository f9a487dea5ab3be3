import pytest
from raw_rows import clean, events, row

from gpu_kedro.domain.table.name_cleaning import is_integrated


@pytest.mark.parametrize(
    ("reported", "name", "rules"),
    [
        ("GeForce RTX 3090 Ti", "GeForce RTX 3090 Ti", []),
        ("GeForce\u00a0RTX™  3090 ", "GeForce RTX 3090", ["tidy_text"]),
        ("Intel(R) HD Graphics\u200b 620", "Intel HD Graphics 620", ["tidy_text"]),
        ("RadeonT RX 5300", "Radeon RX 5300", ["mangled_name"]),
        ("Radeon TM R9 A360", "Radeon R9 A360", ["mangled_name"]),
        ("zxcvIntel HD 620", "Intel HD 620", ["mangled_name"]),
        ("Mobility Radeon. HD 5470", "Mobility Radeon HD 5470", ["mangled_name"]),
        ("Radeon HD HD7850M", "Radeon HD 7850M", ["mangled_name", "missing_space"]),
        ("GeForce9400M", "GeForce 9400M", ["missing_space"]),
        ("GeForce4 MX 440", "GeForce4 MX 440", []),
        ("GeForce GTX 680M", "GeForce GTX 680M", []),
        ("Famille de jeu de puces Express Intel 946GZ", "Intel 946GZ Express Chipset", ["localised_name"]),
        (
            "Mobile Intel - famiglia Express Chipset 45",
            "Mobile Intel 45 Express Chipset",
            ["localised_name"],
        ),
        ("Seria Mobility Radeon HD 3400", "Mobility Radeon HD 3400 Series", ["localised_name"]),
        ("Radeon HD 7800-serie", "Radeon HD 7800 Series", ["localised_name"]),
        ("TENSOR 1.0 Driver Intel HD 630", "Intel HD 630", ["driver_prefix", "modified_driver"]),
        ("PHDGD Ivy 4", "PHDGD Ivy 4", ["modified_driver"]),
        ("RadeonT", "Radeon", ["mangled_name", "unnamed_model"]),
        ("15FF", "15FF", ["unnamed_model"]),
    ],
)
def test_name_is_repaired_where_that_is_safe(reported, name, rules):
    gpus, ledger = clean(row(name=reported, price_usd=None, tdp_w=None))
    assert gpus[["name", "reported_name"]].to_numpy().tolist() == [[name, reported]]
    assert ledger["rule"].tolist() == rules


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        (None, "no_name"),
        ("N/A", "no_name"),
        ("???", "no_name"),
        ("Miracast display port driver V3", "not_a_gpu"),
        ("BASICDISPLAY", "not_a_gpu"),
        ("Microsoft Basic Render Driver", "not_a_gpu"),
        ("Microsoft Remote Display Adapter", "not_a_gpu"),
        ("Citrix Indirect Display Adapter", "not_a_gpu"),
        ("VMware SVGA 3D", "not_a_gpu"),
        ("Parallels Display Adapter (WDDM)", "not_a_gpu"),
        ("Red Hat QXL controller", "not_a_gpu"),
        ("LMIMIRR", "not_a_gpu"),
        ("MIRRORV3", "not_a_gpu"),
        ("MCT USB3.0 External Device", "not_a_gpu"),
        ("GeForce 999 GTX", "fake_gpu"),
    ],
)
def test_what_is_no_gpu_is_rejected(name, rule):
    gpus, ledger = clean(row(name=name), row())
    assert gpus["source_row"].tolist() == [3]
    assert events(ledger) == [("name", rule, "rejected")]


@pytest.mark.parametrize("name", ["GRID P40-24Q", "Matrox G200eR WDDM 1.2", "Radeon Pro V340 MxGPU", "Quadro 6000"])
def test_virtual_slices_and_server_graphics_are_gpus(name):
    assert clean(row(name=name)).gpus["name"].tolist() == [name]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Intel HD 4000", True),
        ("Intel UHD 630", True),
        ("Intel Iris Xe", True),
        ("Intel Iris Xe MAX", False),
        ("Radeon RX Vega 11", True),
        ("Radeon RX Vega 64", False),
        ("Radeon Pro Vega 20", False),
        ("Ryzen 7 4800HS with Radeon Graphics", True),
        ("Radeon R7 A10-7850K", True),
        ("Radeon R7 A265", False),
        ("Radeon R7 240", False),
        ("Radeon HD 7640G", True),
        ("Radeon HD 7640G + R5 M200 Dual", False),
        ("Radeon HD 7850", False),
        ("GeForce GT 430", False),
    ],
)
def test_integrated_graphics_are_told_by_name(name, expected):
    assert is_integrated(name) is expected
