"""How much is proved: a sample of each long proof on every change, all of it now and then."""

from __future__ import annotations

import os

ALL = os.environ.get("PLACEBUDGET_PROOF") == "whole"
