"""Measurements side by side: placebudget, bare HiGHS, linopy and plain PuLP."""
