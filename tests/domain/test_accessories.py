"""Titles of parts and extras name a card and are not about it; titles of cards name their parts."""

import pytest

from gpu_kedro.domain.identify import read_gpu
from gpu_kedro.domain.specs.matching import SpecIndex

PARTS = """\
RTX 3080 waterblock | Waterblock RTX 3080 | EK water block for RTX 3080 | RTX 3080 waterblock + backplate
Wasserkühler für GeForce RTX 3080 | Bykski water-block für RTX 3080 Ti | EVGA RTX 3080 back-plate only
ASUS ROG Strix RTX 3080 box only | RTX 3080 box (no card) | EMPTY BOX RTX 3080 Founders Edition | Box for RTX 3080
GTX 1080 replacement fan | Fan for RTX 3080 | RTX 3080 fans | heatsink for GTX 970 | Thermal pad kit RTX 3080
NVLink bridge RTX 3090 | 12VHPWR cable for RTX 4090 | Leerkarton für RTX 3080 OVP ohne Karte | Caja vacía RTX 3080
Boîte vide RTX 3080 (sans carte) | Scatola vuota RTX 3080 | Ventilateur de remplacement pour MSI RTX 3060 Ti"""
CARDS = """\
MSI RTX 3060 with EK waterblock | RTX 3060 + waterblock | RTX 3060 w/ backplate | RTX 3060 waterblock installed
Palit RTX 3060 Dual 12GB GDDR6 backplate | RTX 3060 open box | RTX 3060 no box | ASUS Dual RTX 3060 twin fan
RTX 3060 without backplate | RTX 3060 no bracket | RTX 3060 not box only | Gigabyte RTX 3060 Gaming OC, original box
MSI GeForce RTX 3060 Ventus 2X 12G OC, GDDR6, HDMI, DP, ATX, backplate | EVGA RTX 3060 XC Hydro Copper Waterblock
RTX 3060, fans only spin under load | RTX 3060 box only opened to test it | RTX 3060, no card reader
RTX 3060 original box | RTX 3060 desktop, quiet fans for gaming | Видеокарта RTX 3060 в коробке, с backplate
ASUS RTX 3060 low profile, half height bracket"""


def list_titles(text: str) -> list[str]:
    return [title.strip() for title in text.replace("\n", "|").split("|")]


@pytest.mark.parametrize("title", list_titles(PARTS))
def test_a_part_of_a_card_is_not_the_card(index: SpecIndex, title: str) -> None:
    reading = read_gpu(title, index)
    assert reading.refusal is not None
    assert (reading.refusal.code, reading.match.spec_name) == ("not_a_gpu", None)
    assert "part or an extra of a card" in reading.refusal.detail
    assert len(reading.refusal.did_you_mean) == 1


@pytest.mark.parametrize("title", list_titles(CARDS))
def test_a_card_with_its_parts_is_the_card(index: SpecIndex, title: str) -> None:
    reading = read_gpu(title, index)
    assert (reading.refusal, reading.match.spec_name) == (None, "GeForce RTX 3060 12 GB")
