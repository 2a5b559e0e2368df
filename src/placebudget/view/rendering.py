"""Templates filled in, every text in them escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from placebudget.study import MEANINGS
from placebudget.texts import templates

TERMS: Mapping[str, str] = {
    "public value": "what outcomes are worth in all: fiscal (to public budgets), economic and "
    "social value, discounted",
    "discounted": "counted less the later it comes, at the rate the place names",
    "as they fall": "counted in full in the year in which they come, in prices of one year",
    "cashable": "of a saving: the part that is money. It leaves a budget, goes to the Exchequer, "
    "or is capacity released, which the plan uses again and no budget can give up; the rest of a "
    "saving sets time free",
    "capacity": "what beds, posts and contracts that are paid for can deliver in a year; it costs "
    "the same when it stands empty",
    "ring-fence": "a condition that money is spent on named purposes only",
    "siloed": MEANINGS["siloed"],
    "aligned": MEANINGS["aligned"],
    "planning apart": "from today to siloed: what comes of each agency planning its money anew for "
    "itself, no gain of working together",
    "acting in step": "from siloed to aligned: the same purses, planned towards one goal",
    "pooled": MEANINGS["pooled"],
    "freed": MEANINGS["freed"],
    "led by need": "of a service: everybody in need is served, whatever the budget",
    "not needed": "what services make for people who need not be served, since something took the "
    "need away; it counts as met",
    "released": "money that no longer pays for capacity: only as fast as beds, posts and contracts "
    "can be given up",
    "group of partners": "some partners that would work together while the others work apart (a "
    "coalition)",
    "what each adds on average": "a share is what a partner, or ending a ring-fence, adds to the "
    "gain, on average over all orders in which they could join (the Shapley value)",
    "least discontent": "the shares that leave the least content group of partners as content as "
    "can be (the nucleolus)",
    "prices of the shared plan": "a partner's share is what the money and needs it brings are "
    "worth at the prices of the shared plan (the Owen point)",
    "smallest shortfall": "the shares by which no group of partners falls short of what it could "
    "gain by itself by more than it must (the least core)",
    "incentive": "a group has an incentive to take part if it gets at least what it could gain by "
    "itself",
    "worst-off areas in turn": "the plan that raises the worst-off area first, then the next, and "
    "so on (leximin)",
    "inequality index": "how unequal areas are: 0 where all get the same, towards 1 where one gets "
    "all (the Gini index)",
    "lock": "a rule that keeps money as it is today, give or take a stated share",
    "equity floor": "no area gets less than a stated share of what areas get on average",
    "standard error": "how far a figure typically lies from the truth by chance alone",
    "slippage": "delivery that comes later or smaller than planned",
    "Exchequer": "the purse of the government: what is saved on benefits goes there, and the place "
    "cannot spend it",
}


"""Words and what they mean, in the order in which they are told."""


def explained(text: str) -> list[tuple[str, str]]:
    """The words of the field that a text uses, with what they mean.

    Parameters
    ----------
    text : str
        Plain text, or a page.

    Returns
    -------
    list of (str, str)
        Word and meaning, in the order of :data:`TERMS`.

    Examples
    --------
    >>> [word for word, _ in explained("By what each adds on average, or for least discontent.")]
    ['what each adds on average', 'least discontent']
    >>> explained("Home care in Burnley.")
    []
    """
    plain = re.sub(r"<[^>]*>", " ", text)
    return [(word, meaning) for word, meaning in TERMS.items() if _uses(plain, word)]


def _uses(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}s?\b", text, re.IGNORECASE) is not None


def rendered(template: str, page: dict[str, Any]) -> str:
    """A template filled in; every text in it is escaped."""
    found = templates("placebudget.view").get_template(template)
    return found.render(page=page, explained=explained)
