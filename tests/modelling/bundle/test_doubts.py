"""Which is to be doubted where a known figure and the model contradict each other."""

import pytest

from gpu_kedro.modelling.bundle.doubts import find_doubt
from gpu_kedro.modelling.bundle.ladder import Known

NOTHING = Known({}, {}, {}, (), False, None)


@pytest.mark.parametrize(
    ("field", "value", "source", "knows_gpu", "code", "ending"),
    [
        ("price_usd", 2030.0, "measured", True, "outlier_listing", "stock; doubt the price that was observed"),
        ("price_usd", 10.0, "measured", True, "outlier_listing", "listing; doubt the price that was observed"),
        ("price_usd", 2030.0, "given", True, "doubt_value", "doubt what is given"),
        ("price_usd", 2030.0, "measured", False, "doubt_prediction", "doubt the model, which hardly knows this GPU"),
        ("tdp_w", 2000.0, "measured", True, "doubt_value", "doubt what is measured"),
        ("g3d_mark", 2000.0, "given", False, "doubt_prediction", "doubt the model, which hardly knows this GPU"),
    ],
)  # fmt: skip
def test_the_model_is_believed_where_it_knows_the_gpu(field, value, source, knows_gpu, code, ending):
    doubt = find_doubt(field, value, source, 100.0, 1000.0, NOTHING, knows_gpu=knows_gpu)
    assert doubt is not None
    assert (doubt["code"], doubt["field"]) == (code, field)
    assert doubt["detail"].endswith(ending)


@pytest.mark.parametrize(("source", "value"), [("measured", 575.0), ("listed", 600.0)])
def test_what_a_sheet_states_too_is_believed(source, value):
    known = NOTHING._replace(listed={"tdp_w": 600.0})
    doubt = find_doubt("tdp_w", value, source, 100.0, 300.0, known, knows_gpu=True)
    assert doubt is not None
    assert doubt["code"] == "doubt_prediction"
    assert doubt["detail"] == f"{value:.0f} W is {source}, the model says 100 W to 300 W (90 %): doubt the model, " + (
        "since a sheet states it"
    )


@pytest.mark.parametrize("value", [100.0, 500.0, 1000.0])
def test_what_lies_inside_up_to_its_ends_is_not_doubted(value):
    assert find_doubt("price_usd", value, "measured", 100.0, 1000.0, NOTHING, knows_gpu=True) is None
