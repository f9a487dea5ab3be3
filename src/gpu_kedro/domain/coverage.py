"""What no honest figure can be given for: names of no GPU, and GPUs of which the table holds none or too few."""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from gpu_kedro.domain.names.parser import ParsedName
from gpu_kedro.domain.names.patterns import any_of
from gpu_kedro.domain.specs.processors.intel import find_intel_graphics
from gpu_kedro.domain.specs.spec_match import SpecMatch

RefusalCode = Literal["not_a_gpu", "not_covered", "too_little_known"]


#: Makers of which the table has none or too few, and how they are told.
NOT_COVERED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("Apple", any_of(r"apple ipad iphone imac macbook a\d{1,2}[xz]?_bionic")),
    ("Qualcomm (Adreno)", any_of("adreno qualcomm snapdragon")),
    ("Arm (Mali)", any_of("mali immortalis")),
    ("Imagination (PowerVR)", any_of(r"powervr imagination sgx_?\d{3} rogue_g[ex]\d+")),
    ("Samsung (Exynos, Xclipse)", any_of("exynos xclipse")),
    ("MediaTek", any_of("mediatek dimensity helio")),
    ("Huawei (HiSilicon)", any_of("kirin maleoon hisilicon ascend")),
    ("Broadcom (VideoCore)", any_of("videocore v3d vc4 raspberry_pi broadcom")),
    ("Vivante", any_of("vivante")),
    ("Moore Threads", any_of(r"moore_threads mtt_s\d+")),
    ("Jingjia Micro", any_of(r"jm[5-9]\d{3}")),
    ("Sony (PlayStation)", any_of("play_?station ps[1-5](?:_(?:pro|slim))? ps_vita")),
    ("Microsoft (Xbox)", any_of("xbox(?!_ally)")),
    ("Nintendo", any_of("nintendo wii gamecube switch_(?:2|oled|lite|gpu)")),
)
#: Apple's models by their number alone, which an A30X is not.
_BARE_APPLE = re.compile(
    r"m[1-5](?: (?:pro|max|ultra|gpu|chip|\d{1,2} ?cores?))*|a\d{1,2}[xz]? (?:gpu|fusion|pro)|a\d{1,2}[xz]"
)
_VIRTUAL = "a display driver or a virtual adapter, no GPU"
#: What else a text may name, and how it is told.
NOT_A_GPU: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "a tensor or neural processor, no GPU",
        any_of(
            r"""tpu\w* npu gaudi_?\d? habana inferentia\d? trainium\d? coral graphcore cerebras tenstorrent myriad
            movidius"""
        ),
    ),
    (
        _VIRTUAL,
        any_of(
            r"""rdp\w* remote\w* mirror\w* virtual\w* idd\w* parsec spacedesk teamviewer anydesk radmin vnc duet
            superdisplay paravirtual\w* virgl virtio\w* qemu bochs cirrus hyper_v basic_(?:display|render) standard_vga
            vga_(?:standard|save) display(?:link|_adapter|_driver) llvmpipe lavapipe swiftshader softpipe
            software_rasterizer gdi_generic chained_dd generic_pnp null_renderer"""
        ),
    ),
    (
        "a server's management controller, which draws its screen and computes nothing",
        any_of(r"aspeed ast[12]\d00 ilo idrac"),
    ),
    (
        "a processor, no GPU",
        any_of(
            r"""xeon\w* epyc threadripper ryzen celeron pentium atom core_(?:i[3579]|ultra|2|duo|m[357]) i[3579]
            ultra_[579] opteron athlon phenom sempron fx_\d{4} cpu cortex power(?:9|10) sparc loongson zhaoxin"""
        ),
    ),
    (
        "a computer, no GPU; name the card in it",
        any_of(
            """thinkpad ideapad latitude inspiron elitebook probook zbook optiplex precision poweredge proliant surface
            chromebook vivobook zenbook aspire thinkcentre thinkstation laptop notebook desktop_pc server workstation"""
        ),
    ),
)
_GPU_MAKERS = frozenset({"nvidia", "amd", "intel", "matrox"})


class Refusal(NamedTuple):
    """Why a name gets no figures.

    Args:
        code: `not_a_gpu`: the text names no graphics chip; `not_covered`: one of which the table knows none or too
            few; `too_little_known`: one without a model number and a sheet.
        detail: a sentence for people: what the text was taken for, and what to do.
        did_you_mean: names that may have been meant, best first; empty where nothing is near.
    """

    code: RefusalCode
    detail: str
    did_you_mean: tuple[str, ...] = ()


TOO_LITTLE_KNOWN = Refusal(
    "too_little_known",
    "No specification sheet is known for this name, and it says too little; give a model or a sheet.",
)


def find_refusal(parsed: ParsedName, match: SpecMatch, suggest: Callable[[], tuple[str, ...]]) -> Refusal | None:
    """Say why a name cannot be answered for; None where it can. A GPU that the table has measured is never asked.

    Args:
        parsed: what the name was read as.
        match: the row that it joins.
        suggest: gives names near to it; called only where they are needed.
    """
    if match.spec_name is not None and parsed.vendor in _GPU_MAKERS:
        return None
    text = parsed.canonical
    if not text:
        return Refusal("not_a_gpu", "The name has no letters and no digits; give the name of a GPU.")
    if parsed.vendor not in _GPU_MAKERS or parsed.series is None:
        for maker, words in NOT_COVERED:
            if words.search(text):
                return _refuse_maker(maker)
        if match.spec_name is None and _BARE_APPLE.fullmatch(text):
            return _refuse_maker("Apple")
    is_model = parsed.number is not None and parsed.series not in (None, "ryzen apu")
    if match.spec_name is not None or is_model:
        return None
    for what, words in NOT_A_GPU:
        if words.search(text):
            graphics = find_intel_graphics(text)
            return Refusal("not_a_gpu", f"This is {what}.", (graphics,) if graphics else ())
    if parsed.kind == "virtual":
        return Refusal("not_a_gpu", f"This is {_VIRTUAL}; name the card behind it.")
    if parsed.vendor in _GPU_MAKERS:
        return TOO_LITTLE_KNOWN
    return Refusal("not_a_gpu", "This text names no GPU that is known here.", suggest())


def _refuse_maker(maker: str) -> Refusal:
    return Refusal("not_covered", f"GPUs of {maker} are not covered: the benchmark table has none or too few of them.")
