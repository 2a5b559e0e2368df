"""What a gain rests on: values, effects, unit costs and needs, and where half of it is gone."""

from placebudget.study.rests_on.result import RestsOn
from placebudget.study.rests_on.study import hanging, rests_on

__all__ = ["RestsOn", "hanging", "rests_on"]
