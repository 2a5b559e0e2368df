"""The points and ribbons of a drawing that is drawn again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from placebudget.plan.drawing import amounts
from placebudget.plan.drawing.nodes import Nodes
from placebudget.plan.plan import Plan


class LiveRibbons:
    """Ribbons by what they join; one that a drawing does not have yet gets a number of its own.

    Parameters
    ----------
    drawing : mapping
        The drawing of a plan.
    plans : mapping of str to Plan
        The plans in it, by their keys.
    """

    def __init__(self, drawing: Mapping[str, Any], plans: Mapping[str, Plan]) -> None:
        rows = pd.concat([amounts.ribbons(each) for each in plans.values()], ignore_index=True)
        self._nodes = Nodes(list(plans.values()), rows)
        self._numbers = {node["id"]: n for n, node in enumerate(drawing["nodes"])}
        self.links: list[dict[str, Any]] = [dict(link) for link in drawing["links"]]
        self._at = {
            (link["kind"], link["layer"], link["source"], link["target"]): n
            for n, link in enumerate(self.links)
        }

    def at(self, kind: str, layer: str, source: str, target: str) -> int:
        """Where a ribbon stands; the last place of all where a point is missing."""
        points = (self._nodes.point(source) or "", self._nodes.point(target) or "")
        ends = [self._numbers.get(point, -1) for point in points]
        if min(ends) < 0:
            return -1
        key = (kind, layer, ends[0], ends[1])
        if key not in self._at:
            self._at[key] = len(self.links)
            self.links.append(
                {"source": ends[0], "target": ends[1], "kind": kind, "layer": layer, "pence": {}}
            )
        return self._at[key]

    def at_now(self, kind: str, layer: str, source: str, target: str, pounds: np.ndarray) -> int:
        """A ribbon while it is drawn; one that is new has no place in this drawing yet."""
        at = self.at(kind, layer, source, target)
        return at if at < len(pounds) - 1 else -1
