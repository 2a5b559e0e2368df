"""Who gains by working together, and how the gain could be shared fairly."""

from __future__ import annotations

from placebudget.apps.blocks import Block, Heading, TableBlock
from placebudget.apps.screens.screen import Screen
from placebudget.apps.screens.studied import Study
from placebudget.study import Sharing
from placebudget.view.studies.common import change, figures
from placebudget.words import money

_LEAST = 500.0  # pounds: less is nothing in a sentence


def _title(found: Sharing) -> str:
    """How much there is to share, and how many ways leave everybody with an incentive."""
    gain, checks = found.played.whole, found.tables["checks"]
    if gain < _LEAST:
        return "In the model, working together gains nothing, so there is nothing to share"
    good = int((checks["shortfall"] <= 0).sum())
    ways = f"{good or 'none'} of {len(checks)} ways to share it"
    gives = "gives" if good < 2 else "give"
    return (
        f"In the model, working together could gain {money(gain)}; {ways} {gives} every partner "
        "an incentive to take part"
    )


def _blocks(found: Sharing) -> list[Block]:
    """By how much each partner does better than alone, for each way to share."""
    rows, shares = found.tables["incentives"], found.tables["shares"]
    names = dict(zip(shares["partner"], shares["name"], strict=True))
    rows = rows.assign(more=rows["share"] - rows["alone"], name=rows["partner"].map(names))
    wide = rows.pivot(index="name", columns="method", values="more")
    wide = wide.loc[list(dict.fromkeys(rows["name"])), list(dict.fromkeys(rows["method"]))]
    grid = figures(
        "shares-incentive",
        "Incentive of each partner to take part: its share less what it could gain alone",
        "partner",
        wide,
        change,
        f"{found.unit[:1].upper()}{found.unit[1:]}. Where the figure has a minus, a partner "
        "would do better alone. Two or more partners together may do better apart although each "
        "alone would not: see the table of who has no incentive.",
    )
    return [Heading("Who has an incentive to take part, and by how much"), TableBlock(grid)]


_STUDY = Study(
    "shares",
    "Who would gain by working together, and what a fair share would be, has not been asked yet",
    "How much every partner would get by several ways to share the gain; who has an incentive to "
    "take part, and by how much; and which payments from partner to partner would follow, year "
    "by year, with the legal power each needs.",
    _title,
    _blocks,
    (
        "The gain is what one pool without limits would add to the best use of every partner’s "
        "money apart. A way to share it holds together where every partner, and every group of "
        "partners, has an incentive to take part.",
        "Benefits that the DWP no longer has to pay are saved to the Exchequer. The DWP "
        "never pays them to other partners; it may be paid for taking part.",
    ),
)
SCREEN = Screen("shares", "Who gains, and fair shares", _STUDY.tell, needs=("pooled",))
