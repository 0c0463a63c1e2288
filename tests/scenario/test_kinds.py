import pytest
from pydantic import ValidationError

from itsim.scenario.kinds import Complaint, Fraction, Hours, Kind, KindModel


class Stop(KindModel):
    lasting_h: Hours
    share_frac: Fraction = 1.0


KIND = Kind("faults", "pump_stop", "The pump stops.", Stop, lambda *_: ())


def test_file_keys_are_names_without_their_unit():
    stop = Stop.model_validate({"lasting": "2 day", "share": "50 %"})
    assert (stop.lasting_h, stop.share_frac) == (48.0, pytest.approx(0.5))


@pytest.mark.parametrize(
    "data", [{"lasting_h": "2 h"}, {"lasting": 2}, {"lasting": True}, {"lasting": "nan h"}, {}]
)
def test_what_a_model_refuses(data):
    with pytest.raises(ValidationError):
        Stop.model_validate(data)


def test_models_are_frozen_and_have_a_schema():
    with pytest.raises(ValidationError):
        Stop.model_validate({"lasting": "2 h"}).lasting_h = 3.0
    assert Stop.model_json_schema()["properties"]["lasting"]["type"] == "string"


def test_a_kind_has_harmless_defaults():
    assert tuple(KIND.complaints(None, {})) == ()
    assert (KIND.alarm, KIND.evidence, KIND.sources, KIND.intended) == (
        "none",
        "none",
        ("assumption",),
        False,
    )
    assert KIND.label(None) == "pump stop"
    assert Complaint("lasting", "is negative", "write 2 h").field == "lasting"
