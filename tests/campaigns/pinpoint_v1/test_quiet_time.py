from datetime import time

import pytest

from campaigns.models import Campaign
from campaigns.pinpoint_v1.quiet_time import fields_of, quiet_time_of
from campaigns.refusal import Refused
from compliance.models import MessageClass, Program

PROGRAM = Program(name="Offers", window_start=time(8), window_end=time(21))
PROMOTIONAL = MessageClass.PROMOTIONAL


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("21:00", "08:00", (time(8), time(21))),
        ("18:30", "09:00", (time(9), time(18, 30))),
        ("00:00", "10:00", (time(10), time(21))),
        ("07:00", "08:00", (time(8), time(21))),
        ("20:00", "23:59", (time(8), time(20))),
        ("12:00", "12:00", (time(8), time(21))),
    ],
)
def test_what_a_quiet_time_leaves_are_the_hours(start, end, expected):
    fields = fields_of({"Start": start, "End": end}, PROGRAM, PROMOTIONAL)
    assert tuple(fields.values()) == expected


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        ("12:00", "14:00", "beginning or the end"),
        ("08:00", "21:00", "nothing is left"),
        ("06:00", "05:59", "nothing is left"),  # a minute, before the program opens
        ("9", "x", "HH:MM"),
    ],
)
def test_what_leaves_no_one_stretch_is_refused(start, end, says):
    with pytest.raises(Refused, match=says):
        fields_of({"Start": start, "End": end}, PROGRAM, PROMOTIONAL)


def test_transactional_texts_have_none():
    with pytest.raises(Refused, match="transactional"):
        fields_of({"Start": "21:00", "End": "08:00"}, PROGRAM, MessageClass.TRANSACTIONAL)


def test_it_comes_back_the_same():
    quiet = {"Start": "18:30", "End": "09:00"}
    campaign = Campaign(**fields_of(quiet, PROGRAM, PROMOTIONAL))
    assert quiet_time_of(campaign) == {"QuietTime": quiet}
    assert quiet_time_of(Campaign()) == {}
