"""The command line: one small module a command, words and tables from ``view``."""

from __future__ import annotations

from placebudget.cli.app import app

__all__ = ["app"]
