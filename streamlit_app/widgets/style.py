"""The look that Streamlit's theme cannot give: widths, cards and bars; its colours work on light and dark ground."""

PREDICTED, MEASURED, ASKED = "#1B7FC4", "#E69F00", "#D55E00"
GOOD, NEUTRAL = "#009E73", "#7F7F7F"
#: Okabe and Ito (2008), a little lighter where both grounds need it; ten groups are told apart by shape as well.
PALETTE = ("#1B7FC4", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#8C6D31", "#7F7F7F", "#9467BD", "#17A398")
SEGMENT_MARKS = {
    "Desktop": ("#56B4E9", "square"),
    "Mobile": ("#E69F00", "diamond"),
    "Workstation": ("#009E73", "cross"),
}
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x", "star", "hexagon", "pentagon", "triangle-down")

CSS = f"""<style>
.block-container {{ max-width: 1180px; padding-top: 3.2rem; padding-bottom: 4rem; }}
.gk {{ line-height: 1.45; overflow-wrap: anywhere; }}
.gk-muted {{ opacity: .72; font-size: .875rem; }}
.gk-name {{ font-size: 1.6rem; font-weight: 650; line-height: 1.2; margin: 0; }}
.gk-title {{ font-size: .875rem; opacity: .8; font-weight: 600; }}
.gk-value {{ font-size: 1.75rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }}
.gk-tag {{ display: inline-block; border-radius: 1rem; padding: .05rem .6rem; font-size: .8rem; font-weight: 600;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent); margin-right: .35rem; white-space: nowrap; }}
.gk-tag i, .gk-mark {{ display: inline-block; width: .62rem; height: .62rem; margin-right: .35rem; }}
.gk-predicted {{ background: {PREDICTED}; border-radius: 50%; }}
.gk-measured {{ background: {MEASURED}; transform: rotate(45deg); }}
.gk-asked {{ background: {ASKED}; clip-path: polygon(50% 100%, 0 0, 100% 0); }}
.gk-bar {{ position: relative; height: 1.5rem; margin: .5rem 0 .15rem;
  border-bottom: 1px solid color-mix(in srgb, currentColor 35%, transparent); }}
.gk-band {{ position: absolute; top: .3rem; height: .8rem; border-radius: .2rem; background: {PREDICTED}; }}
.gk-band-90 {{ opacity: .28; }}
.gk-band-80 {{ opacity: .5; }}
.gk-bar .gk-mark {{ position: absolute; top: .28rem; width: .85rem; height: .85rem; margin: 0 0 0 -.42rem;
  outline: 2px solid rgba(255, 255, 255, .9); }}
.gk-bar .gk-asked {{ outline: none; top: -.15rem; width: 1rem; margin-left: -.5rem; }}
.gk-ends {{ display: flex; justify-content: space-between; font-size: .78rem; opacity: .75;
  font-variant-numeric: tabular-nums; }}
.gk-share {{ display: grid; grid-template-columns: 6.5rem 1fr 3.2rem; gap: .6rem; align-items: center;
  margin: .3rem 0; font-size: .9rem; }}
.gk-share b {{ display: block; height: .7rem; border-radius: .35rem; background: {PREDICTED}; min-width: 2px; }}
.gk-share span:last-child {{ text-align: right; font-variant-numeric: tabular-nums; }}
.gk-track {{ background: color-mix(in srgb, currentColor 10%, transparent); border-radius: .35rem; }}
.gk-verdict {{ border-left: .4rem solid; border-radius: .5rem; padding: .8rem 1.1rem;
  background: color-mix(in srgb, currentColor 6%, transparent); }}
.gk-verdict strong {{ font-size: 1.4rem; }}
@media (max-width: 640px) {{
  .block-container {{ padding-left: 1rem; padding-right: 1rem; }}
  .gk-name {{ font-size: 1.3rem; }}
}}
</style>"""
