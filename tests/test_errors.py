"""The kinds of errors: few, and those that reach a caller in one place."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import placebudget
from placebudget import errors

# Kinds that one module raises and its neighbour catches, which no caller meets.
INSIDE = {"ChangedElsewhere", "InvalidChoice", "Misfit", "RefusedUpload"}


def kinds() -> dict[str, str]:
    """Every class of errors of the package, with the module it is written in."""
    found = {}
    for each in pkgutil.walk_packages(placebudget.__path__, "placebudget."):
        if each.name.endswith("__main__"):
            continue
        for name, one in inspect.getmembers(importlib.import_module(each.name), inspect.isclass):
            if issubclass(one, Exception) and one.__module__.startswith("placebudget."):
                found[name] = one.__module__
    return found


def test_errors_are_of_few_kinds_and_those_that_reach_a_caller_stand_together() -> None:
    found = kinds()
    assert len(found) <= 16
    assert {name for name, module in found.items() if module != errors.__name__} == INSIDE


def test_every_kind_that_reaches_a_caller_is_one_of_ours() -> None:
    here = [one for _, one in inspect.getmembers(errors) if inspect.isclass(one)]
    reach = [one for one in here if one.__module__ == errors.__name__]
    assert len(reach) > 10
    assert all(issubclass(one, errors.PlaceBudgetError) for one in reach)
