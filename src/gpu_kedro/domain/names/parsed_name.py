"""What a GPU's name says: the parts that it is read into."""

from typing import NamedTuple


class ParsedName(NamedTuple):
    """What a GPU's name says, without looking anything up.

    Args:
        canonical: the name folded: lower case, no trademark signs, no leading vendor, single spaces. The key of a name.
        vendor: maker of the chip (`nvidia`, `amd`, `intel`, …) or None.
        series: product line, e.g. `geforce rtx`, `radeon hd`, `quadro`; mobile and desktop share it.
        model: model number without the mobile M, e.g. `4070`, `p4000`, `7640g`, `vega 8`.
        model_token: the same as written: `680m` where `model` is `680`.
        number: digits of the model (4070), or None.
        generation: 40 of a 4070, 10 of a 1060, 9 of a 970, 7 of an HD 7970.
        tier: place within the generation: 70 of a 4070, 700 of an RX 5700.
        suffix: what else tells products of one number apart, e.g. `ti super`, `xt`, `max`; None without.
        is_mobile: a notebook part, by a mark in the name or because the model exists in notebooks only.
        is_max_q: NVIDIA's low-power variant (a notebook part too).
        is_workstation: a professional or data-centre product line.
        memory_gb: memory stated in the name, in GB.
        kind: `discrete`, `integrated`, `apu`, `dual`, `vgpu`, `combined`, `virtual` or `unknown`.
        components: names of the parts of a dual or combined row; the card behind a vGPU.
        compute_cores: GPU compute units of an APU where the name states them ("2C+4G" → 4).
        cpu_model: processor an APU is named by, e.g. `ryzen 7 4800hs`, `a10-9600p`.
        qualifiers: words that tell editions of one model apart, e.g. `oem`, `agp`, `ddr4`.
        leftovers: words not understood.
        is_family: the name is a driver's label for a whole family ("Radeon HD 7800-serie").
        chip_group: key for grouped cross-validation: series and model digits, equal for all variants of one number.
        listing_of: of a longer text the canonical name of the GPU alone, None for names that hold nothing else.
        others: names of the further GPUs that the same text names.
        device: PCI id that the text holds, as `10de:2504` or with its revision `1002:73ff:c1`.
        chip: what a machine's line says of the chip beside the name, a code name as a rule ("navi 23").
    """

    canonical: str
    vendor: str | None = None
    series: str | None = None
    model: str | None = None
    model_token: str | None = None
    number: int | None = None
    generation: int | None = None
    tier: int | None = None
    suffix: str | None = None
    is_mobile: bool = False
    is_max_q: bool = False
    is_workstation: bool = False
    memory_gb: float | None = None
    kind: str = "unknown"
    components: tuple[str, ...] = ()
    compute_cores: int | None = None
    cpu_model: str | None = None
    qualifiers: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()
    is_family: bool = False
    chip_group: str = ""
    listing_of: str | None = None
    others: tuple[str, ...] = ()
    device: str | None = None
    chip: str | None = None
