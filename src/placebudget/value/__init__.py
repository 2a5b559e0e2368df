"""What outcomes are worth: effects, discounting and price levels."""

from placebudget.value.discount import discount_factors, discount_steps
from placebudget.value.effect import effect_per_unit, fading
from placebudget.value.prices import GENERAL, price_levels

__all__ = [
    "GENERAL",
    "discount_factors",
    "discount_steps",
    "effect_per_unit",
    "fading",
    "price_levels",
]
