"""An overspent pool as a board asks for it: which pool, what its lines cost, who agreed to what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from placebudget.apps.asked.entered import Entered
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.plan.names import NamesApart
from placebudget.study import RiskShare, risk_share
from placebudget.study.recorded import overspent_pool
from placebudget.words import as_set, pence

if TYPE_CHECKING:
    from placebudget.apps.meeting import BoardAnswer
    from placebudget.apps.studies import Request

# The example: the largest line costs more than planned, the second less.
_EXAMPLE = (0.05, -0.02)


@dataclass(frozen=True)
class PoolTerms:
    """What a pool of a plan pays for, and who pays into it.

    Parameters
    ----------
    lines : dict of str to (name, budget)
        By a key for its box: what it is called, pounds over all years, the largest first.
    partners : dict of str to (name, share)
        By a key for its box: what it is called, its part of what is paid in, per cent.
    """

    lines: Mapping[str, tuple[str, float]]
    partners: Mapping[str, tuple[str, float]]


@dataclass(frozen=True)
class Agreement:
    """What is shared.

    Parameters
    ----------
    pool : str
        Key of the pool.
    over : tuple of float
        Pounds over budget (below nought: under), by line.
    shares : tuple of float
        Per cent, by partner.
    caps : tuple of float or None
        Pounds, by partner; None: no cap.
    risk_pool : float
        Pounds set aside.
    pass_on : bool
        Whether what lies above a cap passes to the other partners.
    """

    pool: str
    over: tuple[float, ...]
    shares: tuple[float, ...]
    caps: tuple[float | None, ...]
    risk_pool: float = 0.0
    pass_on: bool = False

    @classmethod
    def example(cls, place: Place, plan: Plan, pool: str) -> Agreement:
        """What stands in the boxes before anybody has typed anything.

        Raises
        ------
        CannotAnswer
            If the pool pays for nothing.
        """
        terms = terms_of(place, plan, pool)
        budgets = [budget for _, budget in terms.lines.values()]
        over = [round(part * budget) for part, budget in zip(_EXAMPLE, budgets, strict=False)]
        over += [0] * (len(budgets) - len(over))
        shares = tuple(share for _, share in terms.partners.values())
        return cls(pool, tuple(map(float, over)), shares, (None,) * len(shares))

    @classmethod
    def of(cls, found: RiskShare) -> Agreement:
        """What an answer was asked with."""
        lines, partners = found.tables["lines"], found.tables["partners"]
        options = found.run["options"]
        return cls(
            str(options["pool"]),
            tuple(round(o - u, 2) for o, u in zip(lines["over"], lines["under"], strict=True)),
            tuple(map(float, partners["share"])),
            tuple(None if pd.isna(cap) else float(cap) for cap in partners["cap"]),
            float(options["risk_pool"]),
            bool(options["pass_on"]),
        )

    @classmethod
    def read(cls, given: Mapping[str, Any], answer: BoardAnswer, file: bytes | None) -> Agreement:
        """What a reader typed; where only a pool was chosen, its example.

        Raises
        ------
        InvalidChoice
            With what is wrong at each box.
        """
        entered, plan = Entered(given), answer.plans["pooled"]
        pool = entered.text("pool")
        if pool not in pools_of(plan):
            entered.wrong("pool", "Pool: choose one from the list.")
            entered.done()
        if "risk_pool" not in given:
            return cls.example(answer.place, plan, pool)
        terms = terms_of(answer.place, plan, pool)
        over = tuple(
            entered.pounds(
                f"over-{key}", name, least=-budget,
                below=f"no more than its budget of {pence(budget)} can be left over",
            ) or 0.0
            for key, (name, budget) in terms.lines.items()
        )  # fmt: skip
        shares, caps = _borne(entered, terms)
        risk_pool = entered.pounds("risk_pool", "Risk pool") or 0.0
        entered.done()
        return cls(pool, over, shares, caps, risk_pool, entered.on("pass_on"))


def _borne(
    entered: Entered, terms: PoolTerms
) -> tuple[tuple[float, ...], tuple[float | None, ...]]:
    """The shares, which add up to the whole, and the caps."""
    before = len(entered.problems)
    shares = tuple(
        entered.per_cent(f"share-{key}", f"{name}, agreed share")
        for key, (name, _) in terms.partners.items()
    )
    whole = round(sum(shares), 6)
    if len(entered.problems) == before and whole != 100:
        text = f"The agreed shares add up to {as_set(whole)}%, not to 100%."
        for key in terms.partners:
            entered.wrong(f"share-{key}", text)
    caps = tuple(
        entered.pounds(f"cap-{key}", f"{name}, cap") for key, (name, _) in terms.partners.items()
    )
    return shares, caps


def pools_of(plan: Plan) -> dict[str, str]:
    """The pools that pay for something in a plan, by name, the largest first."""
    money = plan.money("route").set_index("route")["amount"].drop("direct", errors="ignore")
    money = money[money > 0].sort_values(ascending=False, kind="stable")
    labels = plan.labels["pools"]
    names = dict(zip(labels["pool"].astype(str), labels["name"].astype(str), strict=True))
    return {str(key): names.get(str(key), str(key)) for key in money.index}


def terms_of(place: Place, plan: Plan, pool: str) -> PoolTerms:
    """The lines and partners of a pool.

    Raises
    ------
    CannotAnswer
        If it pays for nothing.
    """
    _, shares = overspent_pool(plan, pool, 0.0)
    money = plan.money(["route", "service"])
    lines = money[(money["route"] == pool) & (money["amount"] >= 0.005)]
    lines = lines.sort_values("amount", ascending=False, kind="stable")
    names = NamesApart(place)
    labels = plan.labels["agencies"]
    own = labels.groupby("partner")["name"].agg(list)
    called = [
        str(own[key][0]) if len(own.get(key, ())) == 1 else key.replace("_", " ").capitalize()
        for key in shares["partner"]
    ]
    return PoolTerms(
        _keyed(
            [names.of("service", str(key)) for key in lines["service"]],
            lines["amount"].round(2).tolist(),
        ),
        _keyed(called, shares["share"].tolist()),
    )


def _keyed(names: Sequence[str], values: Sequence[float]) -> dict[str, tuple[str, float]]:
    """Names and figures by a key fit for a box; names that come again are told apart."""
    made: dict[str, tuple[str, float]] = {}
    for name, value in zip(names, values, strict=True):
        again = sum(held.startswith(name) for held, _ in made.values())
        text = name if name not in {held for held, _ in made.values()} else f"{name} ({again + 1})"
        key = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "line"
        while key in made:
            key += "-x"
        made[key] = (text, float(value))
    return made


def overspend(request: Request) -> RiskShare:
    """Share what a pool overspends among those who agreed to bear it."""
    plan, asked = request.pooled, request.settings
    if not isinstance(asked, Agreement):
        pools = pools_of(plan)
        if not pools:
            raise CannotAnswer("No pool pays for anything in the best pooled plan.")
        asked = Agreement.example(request.place, plan, next(iter(pools)))
    terms = terms_of(request.place, plan, asked.pool)
    budgets = [budget for _, budget in terms.lines.values()]
    lines = pd.DataFrame({"line": [name for name, _ in terms.lines.values()], "budget": budgets})
    lines["actual"] = [round(b + o, 2) for b, o in zip(budgets, asked.over, strict=True)]
    partners = [name for name, _ in terms.partners.values()]
    shares = pd.DataFrame({"partner": partners, "share": asked.shares, "cap": asked.caps})
    found = risk_share(lines, shares, risk_pool=asked.risk_pool, pass_on=asked.pass_on)
    options = {**found.run["options"], "pool": asked.pool}
    title = f"Sharing an overspend of {pools_of(plan)[asked.pool]}"
    return replace(found, title=title, run={**found.run, "options": options})
