"""Code names that drivers give a chip, and the name that the specification table has for it.

Sources: the LLVM guide to the AMDGPU back end (gfx numbers), Mesa's tables of Radeon and Intel chips, nouveau's list of
code names (NV…).
"""

from gpu_kedro.domain.names.patterns import group_by_word

#: Code name, as one word → chip, as one word.
CHIP_BY_CODE_NAME: dict[str, str] = group_by_word("""
tahiti: gfx600
pitcairn: gfx601
kaveri: gfx700
hawaii: gfx701
bonaire: gfx704
wani: gfx801 carrizo
tonga: gfx802
ellesmere: gfx803 polaris10
baffin: polaris11
lexa: polaris12
vega10: gfx900
raven: gfx902 raven1
picasso: gfx909
vega12: gfx904
vega20: gfx906
arcturus: gfx908
aldebaran: gfx90a
renoir: gfx90c lucienne
cezanne: greensardine
aquavanjaram: gfx940 gfx941 gfx942
galaxy: gfx950
navi10: gfx1010
navi12: gfx1011
navi14: gfx1012
navi21: gfx1030 siennacichlid
navi22: gfx1031 navyflounder
navi23: gfx1032 dimgreycavefish
navi24: gfx1034 beigegoby
gf100: nvc0
gf104: nvc4
gf106: nvc3
gf108: nvc1
gf110: nvc8
gf114: nvce
gf116: nvcf
gf119: nvd9
gk104: nve4
gk106: nve6
gk107: nve7
gk110: nvf0
gk208: nv106 nv108
gm107: nv117
gm108: nv118
gm200: nv120
gm204: nv124
gm206: nv126
gp102: nv132
gp104: nv134
gp106: nv136
gp107: nv137
gp108: nv138
tu102: nv162
tu104: nv164
tu106: nv166
tu117: nv167
tu116: nv168
ga102: nv172
ga104: nv174
ga106: nv176
ga107: nv177
vangogh: gfx1033 aerith
rembrandt: gfx1035 yellowcarp
raphael: gfx1036 raphaelmendocino mendocino
navi31: gfx1100
navi32: gfx1101
navi33: gfx1102
phoenix: gfx1103 phoenix1 hawkpoint hawkpoint1
strixpoint: gfx1150 strix strix1
strixhalo: gfx1151
krackanpoint: gfx1152 krackan
navi44: gfx1200
navi48: gfx1201
alderlake: adl adls adlp adln
raptorlake: rpl rpls rplp
rocketlake: rkl
tigerlake: tgl
cometlake: cml
coffeelake: cfl cfls
kabylake: kbl
skylake: skl
broadwell: bdw
haswell: hsw
ivybridge: ivb
sandybridge: snb
icelake: icl
meteorlake: mtl
lunarlake: lnl
arrowlakeh: arlh
geminilake: glk
dg2512: dg2
""")
