"""Published forms: a place of one's own from an outturn and what else is published."""

from placebudget.importing.place_from import FirstDraft, Partner, place_from

__all__ = ["FirstDraft", "Partner", "place_from"]
