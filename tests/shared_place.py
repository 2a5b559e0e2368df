"""A small place with everything a desk has controls for."""

from __future__ import annotations

from functools import cache

from placebudget.place import Place
from small import MILLION, rule, small


@cache
def shared() -> Place:
    """A council and a health board; a pool, a ring-fence, a duty and a promise."""
    streams = {
        "tax": {"amount": [10.0, 10.0], "agency": "council", "name": "Council tax"},
        "grant": {"amount": [4.0, 4.0], "agency": "council", "fence": ["homes"]},
        "core": {"amount": [10.0, 10.0], "agency": "nhs", "raised": "national"},
    }
    services = {
        "care": {"value": 3.0, "people": 30_000, "commissioner": "council"},
        "homes": {"people": 30_000, "commissioner": "council"},
        "clinics": {"people": 30_000, "commissioner": "nhs"},
    }
    pools = {"joint": {"streams": {"core": {"maximum": 5 * MILLION}}, "host": "council"}}
    rules = [
        rule("floor", "service=clinics", 3 * MILLION, rule="duty", basis="law"),
        rule("floor", "service=homes", 5 * MILLION, rule="promise", year="2027-28"),
    ]
    return small(streams, services, years=2, pools=pools, rules=rules)
