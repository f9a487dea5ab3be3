"""The words of GPU names: brands, series, product suffixes and knowledge that a name alone does not spell out.

Everything is lower case and already free of punctuation, as `normalise.py` folds it.
"""

from gpu_kedro.domain.names.patterns import group_by_word, word_set

LEADING_VENDOR_WORDS: frozenset[str] = frozenset(
    {"nvidia", "amd", "ati", "corporation", "technologies", "inc", "advanced", "micro", "devices", "/", "mesa", "dri"}
)

# First hit wins: a word of the name → its vendor. Board makers (ASUS, Sapphire…) are no vendors.
VENDOR_BY_WORD: dict[str, str] = group_by_word("""
nvidia: geforce geforce2 geforce3 geforce4 quadro quadro2 quadro4 tesla nvs grid titan jetson cmp
nvidia: gtx rtx gts gt nforce ion riva tnt2 vanta nvidia pcx
amd: radeon firepro firegl firemv firestream rage ryzen instinct mxgpu
amd: rx wonder mobility amd ati vega opteron athlon trinity carrizo sumo spectre m860g m880g xpress igp
intel: intel uhd iris gma arc incredible phdgd i740 i752 extreme
intel: skylake kabylake coffeelake cometlake icelake tigerlake rocketlake
intel: alderlake raptorlake meteorlake haswell broadwell
matrox: matrox parhelia millennium millenium
via: via unichrome zx
s3: s3 savage4 chrome
sis: sis mirage mirage3 xabre
xgi: xgi volari
3dfx: voodoo voodoo2 voodoo3 voodoo4 voodoo5 3dfx
qualcomm: qualcomm adreno
citrix: citrix
vmware: vmware svga
microsoft: microsoft basicdisplay
parallels: parallels
virtualbox: virtualbox
redhat: qxl
apple: apple
arm: mali
moore threads: moore
""")

# Words of display adapters that render nothing themselves: drivers, remote desktops, mirrors, USB adapters, fakes.
VIRTUAL_WORDS: frozenset[str] = word_set("""
    basicdisplay basicrender miracast citrix vmware svga virtualbox parallels qxl xen indirect remote remotefx
    rdpudd mirror mirrorv3 lmimirr b8dkmdap openxt usb3.0 hyper virtio llvmpipe swiftshader displaylink usb
    soldiers gdi dameware iddcx basic softpipe warp
""")

# Words that make another product of the same model number.
SUFFIX_WORDS: frozenset[str] = word_set("""
    ti super xt xtx gre ultra gt gtx gts gs gso gto gto2 gx2 le se xl xe pro ve zt boost x2 plus xxl tx turbo duo
    sdi xgl te ce g ge lp pv max d gme mgpu sff ep v2 a cnx nvl server t c x npb dual platinum crossfire
    turbocache hypermemory gl gh black tim hd ddl dx hybrid h s u sync blackwell mxr ex hx
""")

# Words that say which edition of the same model it is: bus, memory type, board revision, reseller.
QUALIFIER_WORDS: frozenset[str] = word_set("""
    oem pci agp pcie x1 x4 x8 x16 rev rebrand mac edition ddr ddr2 ddr3 ddr4 gddr3 gddr5 gddr5x gddr6 gddr6x sdr
    igp low profile passive refresh ghz green 8x 4x 2x bit mxm mcm dvi embedded single pcb limited liquid cooling
    watercooled 50th anniversary collectors ceo sxm2 sxm3 sxm4 sxm5 sxm fhhl dgxs power targa fsc core adapter rx
    fake engineering sample es physx shield monica bios uber vivo maxx
""")

MEMORY_TYPES: frozenset[str] = word_set(
    "ddr ddr2 ddr3 ddr4 gddr3 gddr5 gddr5x gddr6 gddr6x gddr7 sdr hbm hbm2 hbm2e hbm3 hbm3e"
)

# Words of a shop's listing: makers of boards and computers, and the lines they sell boards under.
BOARD_WORDS: frozenset[str] = word_set("""
    asus asustek msi gigabyte sapphire evga zotac pny powercolor xfx palit gainward inno3d kfa2 galax colorful asrock
    his manli biostar yeston maxsun leadtek sparkle club3d vtx3d visiontek bfg gecube afox gunnir elsa
    dell hp hpe lenovo fujitsu acer supermicro
    oc gaming fe founders aorus windforce eagle tuf rog strix proart phoenix directcu ventus suprim mech armor aero
    nitro pulse toxic ftw ftw3 xc3 ssc xlr8 verto gamerock jetstream stormx ichill igame challenger taichi iceq
    speedster merc merc308 merc310 merc319 swft swft210 swft309 swft319 qick qick308 qick319 hellhound fighter
""")

# What makes another chip of one number, by the word of its series; in a listing all else is an edition of the board.
CHIP_SUFFIXES_BY_BRAND: dict[str, frozenset[str]] = {
    "rtx": word_set("ti tim super d ada sff blackwell"),
    "gtx": word_set("ti super boost se le x2 plus"),
    "rx": word_set("xt xtx gre gme"),
    "gt": SUFFIX_WORDS - word_set("dual v2 s c ex black d max lp"),
}
NOT_A_CHIPS_SUFFIX: frozenset[str] = word_set("dual v2 s c ex black d max")
CHIP_EDITIONS: frozenset[str] = word_set("oem mac rebrand embedded refresh 50th anniversary sxm2 sxm3 sxm4 sxm5")

# Words that say nothing about which GPU it is.
NOISE_WORDS: frozenset[str] = word_set("""
    gpu graphics graphic with design generation the and for carte graphique video express lite hash card 3d
    direct3d11 processor sse2 multi view to n w tv out o controller device opengl engine vga compatible rate
    series family ada atlantis
""")

# Words that name a family of products rather than one: the driver's own generic label.
FAMILY_WORDS: frozenset[str] = frozenset(
    {"family", "serie", "series", "seria", "serisi", "familie", "famiglia", "familia"}
)

MOBILE_WORDS: frozenset[str] = frozenset({"mobile", "mobility", "laptop", "notebook", "go", "portable"})

# Lines of which no laptop has a card; the Max-Q of an RTX PRO is a desktop board too.
NEVER_MOBILE_SERIES: frozenset[str] = frozenset({"tesla", "titan", "jetson", "radeon instinct", "cmp", "grid"})

WORKSTATION_SERIES: frozenset[str] = frozenset(
    {
        "quadro", "quadro fx", "quadro rtx", "quadro2", "quadro4", "nvs", "tesla", "grid", "rtx a",
        "rtx ada", "rtx pro", "firepro", "firegl", "firemv", "firestream", "radeon pro", "radeon pro wx",
        "radeon pro w", "radeon pro v", "radeon pro vega", "radeon ai pro", "radeon instinct",
        "intel arc pro"
    }
)  # fmt: skip

# (series, model) of products that exist in notebooks only, though the name has no mobile mark.
MOBILE_ONLY_MODELS: dict[str, frozenset[str]] = {
    "quadro": word_set("m5500 m1200 m2200 m520 m620 p500 p520 p3000 p3200 p4200 p5200 t1000 t1200 t2000 500m"),
    "quadro rtx": frozenset({"3000"}),
    "geforce rtx": frozenset({"2050", "4050"}),
    "intel arc pro": frozenset({"a30m", "a60m"}),
    "radeon hd": word_set("""
        3670 530v 540v 545v 550v 560v 565v 4225 4270 4330 4530 4570m 5145 5165 5430 8180 8210 8240 8250 8330
        6250 6290 6310 6320 7290 7310 7340 8210e 8280e 8330e 8400e
    """),
    "radeon": word_set("8040s 8050s 8060s r1e r2e r3e r4e r5e r6e r7e 530 530x 535 535dx 540x 610 620 630 4100 m535dx"),
    "radeon rx": frozenset({"540", "540x"}),
    "radeon pro": word_set("450 455 460 465 555 555x 560 560x"),
    "radeon pro vega": frozenset({"vega 16", "vega 20"}),
    "radeon pro wx": frozenset({"4130", "4150", "4170", "7130"}),
    "radeon vega": frozenset({"vega 6", "vega 9", "vega 10"}),
    "radeon rx vega": frozenset({"vega 8", "vega 10", "vega m gh", "vega m gl"}),
    "radeon pro wx vega": frozenset({"vega m gl"}),
    "firepro": frozenset({"s4000x", "s7100x"}),
    "intel hd": word_set("400 405 500 505 515 520 615 620 4200 5000 5300 5500 5600 6000"),
    "intel uhd": word_set("600 605 615 617 620"),
    "intel iris": word_set("540 550 640 650 655 5100 6100"),
    "intel iris plus": word_set("640 645 650 655"),
    "intel iris pro": frozenset({"580", "6100"}),
    "intel gma": word_set("500 600 900 950 3100 3600 3650 x3100 x4500m x4500mhd x4700mhd"),
}

# What tells Jetson modules apart; few of them have a number.
JETSON_WORDS: frozenset[str] = word_set("jetson agx orin xavier nano nx tx1 tx2 tk1 super thor t4000 t5000")

# Accelerators sold without a brand word: "A16", "L40S", "H100".
DATA_CENTER_MODELS: frozenset[str] = word_set("""
    a2 a10 a10g a16 a30 a30x a40 a100 a100x a800 m4 m6 m10 m40 m60 k80 l4 l20 l40 l40s l40g
    h100 h200 h800 b200 b300 v100 p100 p40 p4 p6 t4 t4g
""")

# Desktop parts among the A-series PRO processors that end in B; all other …B are notebook parts.
DESKTOP_B_PROCESSORS: frozenset[str] = word_set("7350b 7600b 7800b 7850b 8350b 8650b 8750b 8850b")

# The first rule whose words are all in the name gives the series; most series are called by the very words.
_SERIES = """
via = via chrome
quadro rtx, quadro fx, quadro nvs = nvs, nvs, quadro4, quadro2, quadro
geforce4 mx, geforce4 ti, geforce4, geforce3, geforce2 mx, geforce2, titan, jetson, cmp
geforce rtx, geforce gtx, geforce gts, geforce gt, geforce fx, geforce pcx, geforce mx, geforce
grid, tesla, rtx = geforce rtx, gtx = geforce gtx, gts = geforce gts, riva, tnt2 = riva, vanta
firepro, firegl, firemv, firestream
radeon ai pro, radeon pro wx vega, radeon pro wx, radeon pro vega, radeon pro, radeon instinct
radeon rx vega, rx vega = radeon rx vega, radeon vega, vega = radeon vega, radeon hd, radeon rx
radeon r2, radeon r3, radeon r4, radeon r5, radeon r6, radeon r7, radeon r8, radeon r9
radeon xpress, radeon igp, wonder = radeon all in wonder, radeon, rx = radeon rx, rage
intel uhd, intel iris pro, intel iris plus, intel iris xe, intel iris, intel arc pro, intel arc
intel gma, intel media accelerator = intel gma, intel hd
iris pro = intel iris pro, iris plus = intel iris plus, iris xe = intel iris xe, iris = intel iris
uhd = intel uhd, arc pro = intel arc pro, arc = intel arc, gma = intel gma, hd graphics = intel hd
mobility hd = radeon hd, r9 = radeon r9, r7 = radeon r7, r5 = radeon r5, hd = radeon hd
gt = geforce gt, igp = radeon igp, adreno, matrox, chrome, voodoo, volari, mx = geforce mx, apple, ion, nforce
"""
SERIES_BY_WORDS: tuple[tuple[frozenset[str], str], ...] = tuple(
    (word_set(words), series.strip() or words)
    for words, _, series in (rule.strip().partition(" =") for rule in _SERIES.replace("\n", ",").split(",") if rule)
)

# Words that tell product lines apart.
SERIES_WORDS: frozenset[str] = frozenset().union(*(words for words, _ in SERIES_BY_WORDS))

BRAND_WORDS: frozenset[str] = SERIES_WORDS - {"pro", "plus", "ti", "graphics", "xe"}

# Radeon HD of a processor (the letters D, G and E mark others) and graphics built into chipsets.
APU_MODELS: frozenset[str] = word_set("6250 6290 6310 6320 7290 7310 7340 8180 8210 8240 8250 8280 8330 8400")
CHIPSET_MODELS: dict[str, frozenset[str]] = {
    "radeon": word_set("2100 3000 3100 x1200 x1250 x1270"),
    "radeon hd": word_set("3000 3200 3300 4100 4200 4225 4250 4270 4290"),
    "geforce": word_set("6100 6150 7025 7050 7100 7150 8100 8200 8300 9100 9200 9300 9400 7000m 7150m 9400m"),
}

# Words shaped like a model number that are none.
NOT_A_MODEL: frozenset[str] = word_set("""
    r2 r3 r4 r5 r6 r7 r8 r9 x1 x2 x4 x8 x16 2x 4x 8x 20pipes 24pipes ddr2 ddr3 ddr4 gddr3 gddr5 gddr5x gddr6 gddr6x
    50th sxm2 sxm4 usb3 dx11 dx12 65nm 80nm 90nm 16nm 20nm i7 i5
""")

# Words that names of GPUs are made of.
UNDERSTOOD_WORDS: frozenset[str] = frozenset().union(
    BRAND_WORDS, SUFFIX_WORDS, QUALIFIER_WORDS, MEMORY_TYPES, NOISE_WORDS, FAMILY_WORDS, MOBILE_WORDS,
    VENDOR_BY_WORD, ["+", "/", "pro", "gb", "mb", "fury", "nano"],
)  # fmt: skip
