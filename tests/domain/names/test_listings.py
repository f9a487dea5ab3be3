"""Names as shops and inventories write them: the board's maker, its line and its extras around the chip's name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_kedro.domain.identify import GpuRow, identify_gpu
from gpu_kedro.domain.names.parser import canonicalise, parse_name
from gpu_kedro.domain.specs.matching import SpecIndex

#: A listing, and the GPU that it offers.
LISTINGS = {
    "ASUS Dual GeForce RTX 3060 OC 12GB GDDR6": "GeForce RTX 3060",
    "ASUS GeForce RTX 3070 Dual": "GeForce RTX 3070",
    "MSI GeForce RTX 3060 Ventus 2X 12G OC": "GeForce RTX 3060",
    "Gigabyte RTX 3070 Gaming OC 8G": "GeForce RTX 3070",
    "Sapphire Nitro+ RX 6800 XT": "Radeon RX 6800 XT",
    "Sapphire Nitro+ Radeon RX 6800 XT SE 16GB": "Radeon RX 6800 XT",
    "EVGA GeForce RTX 3080 FTW3 Ultra": "GeForce RTX 3080",
    "Zotac Gaming GeForce RTX 3060 Twin Edge OC": "GeForce RTX 3060",
    "PNY GeForce RTX 3060 XLR8 Gaming REVEL EPIC-X": "GeForce RTX 3060",
    "PowerColor Red Devil RX 6700 XT": "Radeon RX 6700 XT",
    "XFX Speedster MERC 319 RX 6800 XT": "Radeon RX 6800 XT",
    "XFX Speedster MERC319 AMD Radeon RX 6800 XT Black": "Radeon RX 6800 XT",
    "Inno3D GeForce RTX 4070 Twin X2 OC": "GeForce RTX 4070",
    "MSI GeForce RTX 3080 SUPRIM X": "GeForce RTX 3080",
    "MSI GTX 1660 SUPER GAMING X": "GeForce GTX 1660 SUPER",
    "MSI GeForce GTX 1070 Gaming X 8G": "GeForce GTX 1070",
    "Sapphire Pulse Radeon RX 580 8GB": "Radeon RX 580",
    "ASRock Radeon RX 6600 Challenger D": "Radeon RX 6600",
    "Gainward GeForce RTX 3070 Phantom GS": "GeForce RTX 3070",
    "KFA2 GeForce RTX 3060 (1-Click OC)": "GeForce RTX 3060",
    "EVGA GTX 1060 SC": "GeForce GTX 1060",
    "EVGA GeForce GTX 1080 Ti Black Edition": "GeForce GTX 1080 Ti",
    "MSI GTX 970 Gaming 4G": "GeForce GTX 970",
    "ASUS ROG Strix GeForce RTX 3080 V2": "GeForce RTX 3080",
    "Gigabyte GTX 1050 Ti D5 4G": "GeForce GTX 1050 Ti",
    "Gigabyte GTX 1060 Windforce 2 OC 3G": "GeForce GTX 1060 3GB",
    "Gigabyte GTX 960 G1 Gaming 4GB": "GeForce GTX 960",
    "GIGABYTE Radeon RX 6600 Eagle 8G": "Radeon RX 6600",
    "XFX Radeon RX 580 GTS XXX Edition 8GB": "Radeon RX 580",
    "Sapphire RX 580 Nitro+ Special Edition": "Radeon RX 580",
    "MSI Radeon RX 5500 XT Mech 8G OC": "Radeon RX 5500 XT",
    "Gigabyte GeForce GTX 1650 D6 OC Low Profile 4G": "GeForce GTX 1650 GDDR6",
    "Palit GeForce GTX 1660 Ti StormX": "GeForce GTX 1660 Ti",
    "Sapphire Radeon RX 6500 XT ITX Pulse": "Radeon RX 6500 XT",
    "PNY Quadro RTX 4000 8GB GDDR6 VCQRTX4000-PB": "Quadro RTX 4000",
    "PNY NVIDIA RTX 4000 Ada Generation": "RTX 4000 Ada Generation",
    "HP NVIDIA T600 4GB": "T600",
    "Dell NVIDIA Quadro P2200 5GB GDDR5": "Quadro P2200",
    "ASUS RTX 3050 8GB Phoenix V2": "GeForce RTX 3050",
    "Colorful iGame GeForce RTX 3070 Ultra W OC": "GeForce RTX 3070",
    "Gigabyte GeForce RTX 3060 Ti Vision OC 8G (rev. 2.0)": "GeForce RTX 3060 Ti",
    "NVIDIA GeForce RTX 3080 Founders Edition": "GeForce RTX 3080",
    "ASUS GeForce GT 1030 2GB GDDR5 Silent": "GeForce GT 1030",
    "ASUS DUAL-RTX3060-O12G-V2": "GeForce RTX 3060",
    "EVGA GeForce GTX 970 SSC ACX 2.0+": "GeForce GTX 970",
    "Sapphire R9 280X Dual-X 3GB OC": "Radeon R9 280X",
    "Sapphire R9 290 Tri-X": "Radeon R9 290",
    "HIS R9 270X IceQ X2": "Radeon R9 270X",
    "XFX Radeon R9 Fury X": "Radeon R9 Fury X",
    "EVGA GeForce 8800 Ultra": "GeForce 8800 Ultra",
    "Galax GeForce RTX 2060 Plus (1-Click OC)": "GeForce RTX 2060",
    "ASUS ROG Strix RX Vega 64 8GB OC": "Radeon RX Vega 64",
    "MSI GeForce RTX 4060 Ti Gaming Slim White 16G": "GeForce RTX 4060 Ti 16 GB",
    "ASRock Intel Arc A750 Challenger D 8GB OC": "Intel Arc A750",
    "Lenovo Legion 5 GeForce RTX 3060 Laptop GPU": "GeForce RTX 3060 Laptop GPU",
    "Dell Precision 5520 Quadro M1200": "Quadro M1200",
}
#: What people type, and what it is short for.
SHORTHANDS = {
    "1660S": "GeForce GTX 1660 SUPER",
    "GTX1660S": "GeForce GTX 1660 SUPER",
    "2070s": "GeForce RTX 2070 SUPER",
    "R9 280X": "Radeon R9 280X",
    "R9 290": "Radeon R9 290",
    "R9 Fury": "Radeon R9 Fury",
    "Vega 64": "Radeon RX Vega 64",
    "P2200": "Quadro P2200",
    "K620": "Quadro K620",
    "A2000 12GB": "RTX A2000 12GB",
    "W6800": "Radeon Pro W6800",
    "GTX Titan X 12GB": "GeForce GTX TITAN X",
    "NVIDIA Corporation GA106M [GeForce RTX 3060 Mobile / Max-Q] (rev a1)": "GeForce RTX 3060 Mobile",
}
_MAKERS = ("ASUS", "MSI", "Gigabyte", "Sapphire", "EVGA", "Zotac", "PNY", "Dell")
_EXTRAS = ("OC", "Dual", "Gaming X", "Twin X2 OC", "Eagle", "FTW3 Ultra", "Nitro+", "V2", "8-Pin", "Black Edition", "")
_CHIPS = sorted({*LISTINGS.values()} - {"Radeon R9 Fury X"})


def _describe(name: str, index: SpecIndex) -> GpuRow:
    """All that features are computed from, but the spelling of the name."""
    return {field: value for field, value in identify_gpu(name, index).items() if field not in ("name", "canonical")}


@pytest.mark.parametrize(("listing", "gpu"), LISTINGS.items())
def test_a_listing_is_the_gpu_that_it_offers(index: SpecIndex, listing: str, gpu: str):
    assert _describe(listing, index) == _describe(gpu, index)


@pytest.mark.parametrize(("typed", "gpu"), SHORTHANDS.items())
def test_a_shorthand_finds_the_row_of_the_full_name(index: SpecIndex, typed: str, gpu: str):
    short, full = _describe(typed, index), _describe(gpu, index)
    assert short["spec_name"] is not None
    fields = ("spec_name", "match_kind", "series", "model", "suffix", "is_mobile", "memory_gb", "chip_group")
    assert [short[field] for field in fields] == [full[field] for field in fields]


@given(st.sampled_from(_CHIPS), st.sampled_from(_MAKERS), st.sampled_from(_EXTRAS), st.booleans())
@settings(max_examples=200, deadline=None)
def test_makers_and_editions_make_no_other_gpu(index: SpecIndex, gpu: str, maker: str, extra: str, is_upper: bool):
    listing = f"{maker} {gpu} {extra}"
    assert _describe(listing.upper() if is_upper else listing, index) == _describe(gpu, index)


@pytest.mark.parametrize(
    "name",
    [
        "GeForce RTX 4090 D",
        "Radeon HD 4870 X2",
        "GeForce GTX TITAN BLACK",
        "GeForce GTX 650 Ti Boost",
        "Radeon HD 7660G + 7670M Dual",
        "Radeon RX 6800 XT",
    ],
)
def test_a_chips_own_suffixes_stay_in_its_listing(index: SpecIndex, name: str):
    assert _describe(f"MSI {name}", index)["spec_name"] == _describe(name, index)["spec_name"]
    assert parse_name(f"MSI {name}").suffix == parse_name(name).suffix


@pytest.mark.parametrize(
    ("stated", "other"),
    [
        ("GeForce RTX 3060 8GB", "GeForce RTX 3060"),
        ("GeForce GTX 1060 3GB", "GeForce GTX 1060"),
        ("RTX 3080 12GB", "RTX 3080"),
        ("GT 1030 DDR4", "GT 1030"),
    ],
)
def test_memory_that_makes_another_gpu_stays(index: SpecIndex, stated: str, other: str):
    assert _describe(stated, index)["spec_name"] != _describe(other, index)["spec_name"]


@pytest.mark.parametrize(
    ("stated", "plain"),
    [
        ("GeForce RTX 3060 12GB", "GeForce RTX 3060"),
        ("GTX 1060 6 GB", "GTX 1060"),
        ("RX 580 8GB", "RX 580"),
        ("GT 1030 GDDR5", "GT 1030"),
        ("R9 280X 3GB", "R9 280X"),
    ],
)
def test_memory_that_the_gpu_has_anyway_changes_nothing(index: SpecIndex, stated: str, plain: str):
    assert _describe(stated, index) == _describe(plain, index)


def test_a_listing_keeps_all_its_words_as_its_key():
    parsed = parse_name("ASUS Dual GeForce RTX 3060 OC 12GB")
    assert parsed.canonical == canonicalise("asus dual geforce rtx 3060 oc 12gb")
    assert parsed.listing_of == "geforce rtx 3060 12gb"
    assert (parsed.memory_gb, parsed.leftovers) == (12.0, ("asus", "dual", "oc"))


@pytest.mark.parametrize("name", ["gaming", "ASUS", "Dell 8100", "MSI + HP", "sapphire sapphire", "GeForce RTX 3070"])
def test_a_name_without_a_gpu_or_a_shop_is_no_listing(name: str):
    assert parse_name(name).listing_of is None
