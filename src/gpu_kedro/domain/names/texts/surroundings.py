"""What a text says beside the GPU's name: whether it is about a laptop, and which processor it names."""

import re

from gpu_kedro.domain.names.patterns import any_of

_LAPTOP = any_of(r"laptops? notebooks? portatil(?:es)? portable ultrabook netbook chromebook max[-_]q")
_LAPTOP_IN_OTHER_SCRIPTS = re.compile(
    r"ноутбук|笔记本|筆電|筆記型|ノート ?(?:パソコン|pc|型)|노트북|游戏本|拯救者|机械革命|机械师|神舟|天选|暗影精灵"
)
_DESKTOP = any_of(
    r"""desktop tower torre legion_t\d gaming[-_]pc pc_gam(?:er|ing) gamer[-_]pc mainboard motherboard all[-_]in[-_]one
    eigenbau rig egpu graphics_card video_card grafikkarte carte_graphique placa_de_video tarjeta_grafica scheda_video
    видеокарта"""
)
_DESKTOP_IN_OTHER_SCRIPTS = re.compile(r"台式|主机|显卡|グラフィック ?ボード|그래픽카드")
# Lines of computers of which all, or nearly all, are laptops.
_LAPTOP_LINES = any_of(
    r"""thinkpad ideapad legion loq yoga zenbook vivobook expertbook studiobook zephyrus rog_flow rog_scar
    rog_strix_g1[5-8] scar_1[5-8] tuf_(?:gaming_)?[af]1[4-8] dash_[af]15 predator_(?:helios|triton) helios triton
    nitro_(?:5|v|1[4-8]|an5\d\d\S*) aspire travelmate swift_[1357x] victus omen_1[5-8] omen_transcend zbook
    elitebook probook spectre pavilion_gaming_1[5-7] envy_1[3-7] alienware_[mx]1\d inspiron latitude vostro
    xps_1[3-7] precision_(?:m\d{4}|[357][4-7]\d0) dell_g(?:[357]|1[5-6]) razer_blade blade_1[3-8] katana raider
    stealth cyborg crosshair (?:msi_)?titan_(?:gt|18)\S* sword bravo_1[5-7] g[efps][5-7]\d(?!\d)\S*
    gt[678]\d(?!\d)\S* gl[5-7]\d\S* vector_(?:gp|16)\S* prestige_1[3-6] creator_(?:z?1[5-7]|m16) aero_1[4-7]
    aorus_1[5-7]\S* gigabyte_(?:g[567]|a[57]) surface_(?:laptop|book|studio) macbook matebook magicbook redmibook
    galaxy_book xmg schenker clevo tuxedo mechrevo hasee machenike thunderobot framework lg_gram dynabook
    vaio"""
)
_SCREEN = re.compile(
    r"\b1[0-8](?:[.,]\d)? ?(?:\"|''|′′|”|-?inch|-?zoll|pouces|pulgadas|polegadas|pollici|дюйм|寸|英寸|型|インチ)"
    r"|(?<![\d.])(?:11[.,]6|13[.,][3-6]|14[.,][0125]|15[.,][36]|16[.,][01]|17[.,][03]|18[.,][04])"
    r"(?![\d.,]| ?(?:gb|tb|ghz|kg|cm))"
)
_LAPTOP_PROCESSOR = re.compile(
    r"\b(?:i[3579]|core)[ -]*\d{3,5}(?:h[kqxs]?|u|p|y|mq|qm|m|g[1-7])\b|\bultra [3579] (?:pro )?\d{3}(?:hx?|u|v)\b"
    r"|\b(?:ryzen|r[3579])\b.{0,14}?\b\d{4}(?:h[sxk]?|u|hx3d)\b|\b\d{4,5}h[skqx]\b|\b1[0-4]\d{3}hx?\b"
    r"|\b(?:ryzen ai|ai [3579]) (?:max ?\+? )?(?:[3579] )?(?:hx )?(?:pro )?\d{3}\b"
)


def is_about_laptop(text: str) -> bool:
    """Whether the card of this text is a laptop's: it says so, or names a laptop's line, screen or processor."""
    if _LAPTOP.search(text) or _LAPTOP_IN_OTHER_SCRIPTS.search(text):
        return True
    if _DESKTOP.search(text) or _DESKTOP_IN_OTHER_SCRIPTS.search(text):
        return False
    return any(sign.search(text) for sign in (_LAPTOP_LINES, _SCREEN, _LAPTOP_PROCESSOR))
