"""What keeps money apart, taken one by one, and budgets cut; and the words about both."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from placebudget.arguments import as_given, is_number, sequence
from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.place.conditions import open_pools
from placebudget.place.names import listed
from placebudget.place.once import once
from placebudget.plan.summary import Paragraph
from placebudget.study.sweeping import LOST
from placebudget.words import count, in_unit, money, percent, plain

TODAY, SILOED, ALIGNED, POOLED, FREED = "today", "siloed", "aligned", "pooled", "freed"
PLANS = (TODAY, SILOED, ALIGNED, POOLED, FREED)
PLAN, POOL_ALONE = "plan", "pool alone"
REMOVED, KEPT, ALL_REMOVED = (
    "ring-fence removed alone",
    "ring-fence kept alone",
    "all ring-fences removed",
)


@dataclass(frozen=True)
class Variant:
    """A place with some of what keeps money apart taken away, and its budgets cut.

    Parameters
    ----------
    cut : float
        Share taken off all funding.
    part : str
        Plan, pool alone, ring-fence removed alone or kept alone, all removed.
    name : str
        Which plan, pool or ring-fence.
    """

    cut: float
    part: str
    name: str


def ring_fences_of(place: Place) -> dict[str, tuple[str, ...]]:
    """Ring-fences by name: streams held to the same purposes are one ring-fence.

    Returns
    -------
    dict of str to tuple of str
        Its streams, by its purposes joined by commas.

    Examples
    --------
    >>> import placebudget as pb
    >>> ring_fences_of(pb.example("toy_pooling"))["policing"]
    ('police_money',)
    """
    purposes = place.ring_fences.groupby("stream")["purpose"].agg(lambda p: ", ".join(sorted(p)))
    found: dict[str, list[str]] = {}
    for stream, fence in sorted(purposes.items()):
        found.setdefault(str(fence), []).append(str(stream))
    return {fence: tuple(found[fence]) for fence in sorted(found)}


def read_cuts(given: Sequence[float]) -> tuple[float, ...]:
    """Cuts in order, with none first.

    Raises
    ------
    WrongArgument
        If it is no list, or one is not a share from 0 up to, but not including, 1.

    Examples
    --------
    >>> read_cuts([0.2, 0.1])
    (0.0, 0.1, 0.2)
    """
    cuts = sequence(given)
    if cuts is None:
        raise WrongArgument(f"cuts is a list of shares such as [0.1, 0.2], not {as_given(given)}")
    wrong = [cut for cut in cuts if not (is_number(cut) and 0 <= cut < 1)]
    if wrong:
        listed = ", ".join(map(as_given, wrong))
        raise WrongArgument(f"a cut is a share from 0 to below 1, such as 0.1, not {listed}")
    return tuple(sorted({0.0, *map(float, cuts)}))


@once
def with_cut(place: Place, cut: float) -> Place:
    """The place with a share taken off all its funding; what it spends today follows.

    Amounts in pounds that rules and contributions name stay as they are.
    """
    if not cut:
        return place
    funding, today = place.funding, place.today
    ahead = funding["year"].isin(place.years)
    # Where today was paid from other years' funding it is carried on with the cut.
    before = funding.loc[~ahead & (funding["year"] == place.settings.today_year), "stream"]
    cut_too = ~today["stream"].isin(before)
    return place.with_(
        funding=funding.assign(
            amount=funding["amount"].where(~ahead, funding["amount"] * (1 - cut))
        ),
        today=today.assign(amount=today["amount"].where(~cut_too, today["amount"] * (1 - cut))),
    )


def without_fences(place: Place, fences: Mapping[str, Sequence[str]], ended: set[str]) -> Place:
    """The place with some of its ring-fences ended."""
    streams = {stream for name in ended for stream in fences[name]}
    held: pd.DataFrame = place.ring_fences
    return place.with_(ring_fences=held[~held["stream"].isin(streams)])


def variants(place: Place, cut: float, pools: bool, ring_fences: bool) -> list[Variant]:
    """Everything that is planned for a cut."""
    found = [Variant(cut, PLAN, name) for name in PLANS]
    if pools:
        found += [Variant(cut, POOL_ALONE, pool) for pool in open_pools(place)]
    if ring_fences:
        fences = ring_fences_of(place)
        found += [Variant(cut, REMOVED, fence) for fence in fences]
        found += [Variant(cut, KEPT, fence) for fence in fences]
        found += [Variant(cut, ALL_REMOVED, "")] if fences else []
    return found


def place_of(place: Place, variant: Variant) -> tuple[Place, str]:
    """The place of a variant, and its pooling."""
    cut = with_cut(place, variant.cut)
    if variant.part == PLAN:
        return cut, variant.name
    if variant.part == POOL_ALONE:
        return cut, variant.name
    fences = ring_fences_of(place)
    ended = {
        REMOVED: {variant.name},
        KEPT: set(fences) - {variant.name},
        ALL_REMOVED: set(fences),
    }[variant.part]
    return without_fences(cut, fences, ended), POOLED


def against(variant: Variant) -> Variant | None:
    """What a variant is compared with; None for a plan."""
    if variant.part == PLAN:
        return None
    if variant.part == POOL_ALONE:
        return Variant(variant.cut, PLAN, ALIGNED)
    if variant.part == KEPT:
        return Variant(variant.cut, ALL_REMOVED, "")
    return Variant(variant.cut, PLAN, POOLED)


# Words about pools, ring-fences and cuts: numbers first, no promise.

_MOST = 8


def pool_name(key: str, place: Place) -> str:
    """What a pool is called.

    Examples
    --------
    >>> import placebudget as pb
    >>> pool_name("better_care", pb.example("northvale"))
    'Better care pool'
    """
    names = place.pools.set_index("pool")["name"].dropna()
    return str(names.get(key, plain(key)))


def fence_name(key: str) -> str:
    """A ring-fence by the purposes it holds money to.

    Examples
    --------
    >>> fence_name("public_health, other_public_health")
    'public health and other public health'
    """
    return listed(plain(each) for each in key.split(", "))


def part_paragraphs(parts: Mapping[str, pd.DataFrame], place: Place) -> Iterator[Paragraph]:
    """Each pool, each ring-fence and each cut as a point, the largest first."""
    if not parts:
        return
    gains = parts["parts"]
    whole = gains[(gains["cut"] == 0) & (gains["status"] == "reached")]
    pools = whole[whole["part"] == POOL_ALONE].sort_values("value", ascending=False)
    if len(pools):
        yield _most(
            "In the model, with one pool alone, against best aligned:",
            (f"{pool_name(row.name, place)}: {_gain(row)}." for row in _rows(pools)),
        )
    yield from _fences(whole, parts)
    yield from _cuts(gains)


def _fences(whole: pd.DataFrame, parts: Mapping[str, pd.DataFrame]) -> Iterator[Paragraph]:
    removed = whole[whole["part"] == REMOVED].sort_values("value", ascending=False)
    if removed.empty:
        return
    every = whole[whole["part"] == ALL_REMOVED]
    for row in _rows(every):
        yield Paragraph(f"Ending all ring-fences, against best pooled: {_gain(row)}.")
    kept = whole[whole["part"] == KEPT].set_index("name")["value"]
    split = parts["split"]
    shares = split[split["cut"] == 0].set_index("ring_fence") if len(split) else split
    yield _most(
        "Ring-fence by ring-fence (what each costs is no advice to end it):",
        (_fence_line(row, kept, shares) for row in _rows(removed)),
    )


def _fence_line(row: Any, kept: pd.Series, shares: pd.DataFrame) -> str:
    text = f"{fence_name(row.name)}: ended alone {_said(row.value, row.unit)}"
    name = row.name
    if name in kept.index:
        text += f"; kept alone it costs {_said(-float(kept[name]), row.unit).lstrip('+')}"
    if name in shares.index:
        held = shares.loc[name]
        text += f"; its part of the gain of ending all {_said(held['share'], held['unit'])}"
        if held["orders"]:
            text += f" (standard error {_said(held['standard_error'], held['unit'])})"
    return text + "."


def _cuts(gains: pd.DataFrame) -> Iterator[Paragraph]:
    rows = gains[
        (gains["part"] == PLAN) & (gains["start"] == "aligned") & (gains["name"] == "pooled")
    ]
    # What it is without a cut is said of the plans already.
    rows = rows[rows["cut"] > 0]
    if rows.empty:
        return
    points = (
        f"by {percent(row.cut)}: {_gain(row) if row.status == 'reached' else row.status}."
        for row in _rows(rows)
    )
    yield Paragraph("From best aligned to best pooled, as budgets are cut:", tuple(points))


def _gain(row: Any) -> str:
    share = "" if pd.isna(row.share) else f" ({percent(row.share, signed=True)})"
    text = f"{_said(row.value, row.unit)}{share}"
    text += f"; cashable savings {money(row.cashable, signed=True)} discounted"
    return f"{text}; {money(row.moved)} goes elsewhere"


def _said(value: float, unit: str) -> str:
    return in_unit(value, unit, signed=True)


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    yield from frame.itertuples()


def _most(text: str, points: Iterator[str]) -> Paragraph:
    """The first points, and how many more there are."""
    said = list(points)
    more = [f"and {len(said) - _MOST} more, in the tables."] if len(said) > _MOST else []
    return Paragraph(text, (*said[:_MOST], *more))


def potential_notes(
    place: Place, parts: Mapping[str, pd.DataFrame], plans: Collection[str]
) -> tuple[str, ...]:
    """Units and what is left out, a sentence each."""
    apart = [
        "From today to siloed is planning apart, each agency for itself: it is no gain of "
        "working together. Siloed is an equilibrium, in which no agency gains by moving alone; it "
        "need not be the only one.",
    ]
    siloed = "siloed" in plans
    notes = [
        "A modelled potential is a difference between two plans of the model, named with both "
        "ends; it is not a saving that anybody has made.",
        *(apart if siloed else ()),
        f"In {'siloed and ' if siloed else ''}aligned, what pools pay today for another agency's "
        "services goes on.",
        f"Values are in {place.settings.price_base} prices, discounted: what comes later counts "
        "less. Savings as they fall, and savings by agency or year, are in the same prices, not "
        "discounted; so the two can even differ in sign. Money is cash over all years.",
    ]
    lost = parts["parts"]["status"].eq(LOST).sum() if parts else 0
    if lost:
        notes.append(f"{count(lost)} of the differences: {LOST}. Their rows have no figures.")
    if parts:
        notes += [
            "Streams held to the same purposes are one ring-fence. Gains of several ring-fences do "
            "not add up; the split does, to the gain of ending all.",
            "The price of a ring-fence is what moving £1 million out of it to free money gains, in "
            "the best pooled plan, and holds for the range given. Free money is bound by no other "
            "condition either, neither by pools nor by whose service it is; so it may gain where "
            "ending the ring-fence alone gains nothing.",
            "A cut takes the same share off all funding; amounts in pounds that rules and "
            "contributions name stay as they are, shares of a stream follow it.",
        ]
    return tuple(notes)
