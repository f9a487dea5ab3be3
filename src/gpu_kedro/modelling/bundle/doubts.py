"""Which to doubt where a figure that is known and the model contradict each other.

The model is believed where it knows the very GPU's sheet: then a figure outside of its 90 % interval is an odd
measurement, a slip of whoever asks, or a listing that is no market price. Elsewhere the figure is believed.
"""

from gpu_kedro.modelling.bundle.ladder import Known, Source
from gpu_kedro.modelling.bundle.warnings import make_warning

#: Codes of warnings that say which to doubt.
DOUBT_VALUE, DOUBT_PREDICTION, OUTLIER_LISTING = "doubt_value", "doubt_prediction", "outlier_listing"
#: A power this close to the sheet's is confirmed by it.
_SAME_POWER = 1.25
_FORMS = {"price_usd": "${:,.0f}", "tdp_w": "{:,.3g} W", "g3d_mark": "{:,.0f} points"}
#: Sources of figures that may be doubted.
DOUBTED: frozenset[Source] = frozenset({"measured", "given", "listed"})


def find_doubt(
    field: str, value: float, source: Source, low_90: float, high_90: float, known: Known, *, knows_gpu: bool
) -> dict[str, str] | None:
    """A warning about a known figure that the model's 90 % interval does not hold, None where it does.

    `source` is one of `DOUBTED`; `knows_gpu` says whether a sheet of the very GPU is known.
    """
    if low_90 <= value <= high_90:
        return None
    form = _FORMS.get(field, "{:,.4g}")
    told, span = form.format(value), f"{form.format(low_90)} to {form.format(high_90)} (90 %)"
    listed = known.listed.get(field)
    is_confirmed = listed is not None and 1 / _SAME_POWER <= value / listed <= _SAME_POWER
    if not knows_gpu or is_confirmed:
        why = "since a sheet states it" if is_confirmed else "which hardly knows this GPU"
        return make_warning(
            DOUBT_PREDICTION, field, f"{told} is {source}, the model says {span}: doubt the model, {why}"
        )
    if field == "price_usd" and source == "measured":
        kind = "a listing of scarce stock" if value > high_90 else "a clearance or a mistaken listing"
        told += f" was observed, but the model says {span}: {kind}; doubt the price that was observed"
        return make_warning(OUTLIER_LISTING, field, told)
    return make_warning(DOUBT_VALUE, field, f"{told} is {source}, but the model says {span}: doubt what is {source}")
