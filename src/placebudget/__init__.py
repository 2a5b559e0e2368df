"""Place-based budgets: who pays, who saves, and what working together could gain.

Everything starts from a :class:`Place`:

>>> import placebudget as pb
>>> place = pb.example("toy_pooling")
>>> plan = pb.optimise(place, pooling="freed")
>>> round(plan.objective.value / 1e6)
310
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import placebudget_command  # noqa: F401  run as a module, a signal is heard from here on
from placebudget import errors as errors
from placebudget import importing as importing
from placebudget import place as place
from placebudget import plan as plan
from placebudget import solver as solver
from placebudget import study as study
from placebudget.errors import (
    Infeasible,
    InvalidPlace,
    PlaceBudgetError,
    Stopped,
    WrongArgument,
)
from placebudget.knowledge import library
from placebudget.place import Option, Place, example, examples, read, write_template
from placebudget.plan import (
    Plan,
    compare,
    explain,
    optimise,
    read_plan,
    rerun,
    session,
    simulate,
)
from placebudget.progress import progress
from placebudget.study import (
    accounts,
    changes,
    cycle,
    fairness,
    games,
    outlook,
    potential,
    rests_on,
    risk_share,
    scenarios,
    sharing,
    to_do,
    trace,
)

if TYPE_CHECKING:
    from placebudget import sector as sector
    from placebudget import widgets
    from placebudget.register import Register as Register
    from placebudget.widgets import desk

    __version__: str

__all__ = [
    "Infeasible",
    "InvalidPlace",
    "Option",
    "Place",
    "PlaceBudgetError",
    "Plan",
    "Stopped",
    "WrongArgument",
    "accounts",
    "changes",
    "compare",
    "cycle",
    "desk",
    "example",
    "examples",
    "explain",
    "fairness",
    "games",
    "importing",
    "library",
    "optimise",
    "outlook",
    "potential",
    "progress",
    "read",
    "read_plan",
    "rerun",
    "rests_on",
    "risk_share",
    "scenarios",
    "session",
    "sharing",
    "simulate",
    "to_do",
    "trace",
    "widgets",
    "write_template",
]


def __getattr__(name: str) -> Any:
    # What is shown in a page, tools for councils, what needs a database and the version are
    # looked up when they are asked for.
    if name == "sector":
        return import_module("placebudget.sector")
    if name == "Register":
        return import_module("placebudget.register").Register
    if name in ("desk", "widgets"):
        widgets = import_module("placebudget.widgets")
        return widgets.desk if name == "desk" else widgets
    if name == "__version__":
        metadata = import_module("importlib.metadata")
        try:
            return metadata.version("placebudget")
        except metadata.PackageNotFoundError:  # used from a source folder that was not installed
            return "0+unknown"
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
