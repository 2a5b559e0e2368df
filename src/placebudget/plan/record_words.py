"""What a run was asked for, in words: yes and no, shares in per cent, times with their unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from placebudget.solver import DEAREST
from placebudget.words import as_set, plain, without_keys

_NAMES = {
    "objective": "what to make the most of",
    "reinvest": "cashable savings spent again",
    "seconds": "time allowed",
    "gap": "gap allowed in decisions on offers",
    "prices": "limits priced",
    "scale": "pounds and units the programme counts by",
    "cuts": "cuts of all budgets",
    "orders": "orders drawn",
    "samples": "orders of joining drawn",
    "spread": "spread of effects by grade of evidence",
    "floors": "equity floors priced",
    "paces": "limits to the pace of change priced",
    "pass_on": "what is above a cap passes on",
    "runs_done": "runs done",
    "seed": "seed of what is drawn",
    "ring_fences": "each ring-fence alone",
    "pools": "each pool alone",
    "followed": "units followed of a service and year",
    "most": "at most of what is planned",
    "cost": "cost of a unit followed",
    "enough": "known well enough at a spread of",
}
_LEFT_OUT = {"scale": "£ million, thousand units", "seconds": "no limit"}
_SHARES = (
    *("reinvest", "gap", "cuts", "spread"),
    *("undelivered", "overrun", "overrun_spread", "most", "enough"),
)
_POUNDS = ("cost", "risk_pool")
_PER_CENT = ("floors", "paces")


def option_name(name: str) -> str:
    """An option of a run as it should be read.

    Examples
    --------
    >>> option_name("reinvest"), option_name("slippage")
    ('cashable savings spent again', 'slippage')
    """
    return _NAMES.get(name, plain(name))


def option_in_words(name: str, value: Any) -> str:
    """What was given for an option, in words.

    Parameters
    ----------
    name : str
        The option.
    value : object
        Plain data, as a run record holds it.

    Examples
    --------
    >>> option_in_words("prices", True), option_in_words("seconds", 60)
    ('the 25 dearest', '60 seconds')
    >>> option_in_words("pools", False), option_in_words("cuts", [0.1, 0.2])
    ('no', '10%, 20%')
    """
    if name == "prices" and isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if name == "prices":
        many = DEAREST if value is True else int(value or 0)
        return f"the {many} dearest" if many else "none"
    if value is None or value in ("", [], ()):
        return _LEFT_OUT.get(name, "none")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        named = (_part(name, str(key), part) for key, part in value.items())
        return ", ".join(named)
    if isinstance(value, list | tuple):
        parts = [option_in_words(name, each) for each in value]
        return ("; " if any("," in part for part in parts) else ", ").join(parts)
    if isinstance(value, int | float):
        return _figure(name, value)
    return str(value)


def _part(option: str, key: str, value: Any) -> str:
    name = key if option not in _SHARES else option
    said = option_name(key) if name == key else plain(key)
    return f"{said or 'no grade'}: {option_in_words(name, value)}"


def _figure(name: str, value: float) -> str:
    if name in ("reinvest", "gap") and not value:
        return "none"
    if name in _SHARES:
        return f"{as_set(100 * value)}%"
    said = as_set(value)
    if name in _PER_CENT:
        return f"{said}%"
    if name in _POUNDS:
        return f"£{said}"
    if name == "seed":
        return str(value)
    if name == "seconds":
        return f"{said} second" if value == 1 else f"{said} seconds"
    return said


def run_facts(run: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """How an answer was made, in words: a name and a value each."""
    for name, value in run.items():
        if name not in ("versions", "options", "inputs"):
            yield plain(name), without_keys(option_in_words(name, value))
    for name, value in run.get("options", {}).items():
        said = option_name(name)
        # How far a run came stands among what it was asked for, but was not.
        asked = said if name == "runs_done" else f"asked for: {said}"
        yield asked, without_keys(option_in_words(name, value))
    for name, value in run["versions"].items():
        yield f"version of {name}", value
