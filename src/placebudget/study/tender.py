"""A contract let by tender: bids scored by price and quality, lots awarded, the route by law.

price score = 100 x lowest price of the lot / price
score       = weight of price x price score + weight of quality x quality

Scores are rounded to hundredths of a point, as they are published. As many lots are awarded as
bids and the most lots a bidder may win allow; of all such awards that with the highest sum of
scores, then of quality, then with the lowest sum of prices. It is found by adding lot after lot,
each by the path of exchanges that brings most.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, one_of, share, whole
from placebudget.errors import CannotAnswer, UnreadableTable, WrongArgument
from placebudget.place import Place
from placebudget.place.geography import Geography, is_blank
from placebudget.place.io.loose import BIDS, typed_rows
from placebudget.place.names import Names, listed
from placebudget.plan.record.record import run_record
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.programme.lines import people_in_need
from placebudget.study.result import StudyResult
from placebudget.value import in_base_prices
from placebudget.words import as_set, count, number, pence, percent, whole_pounds

LIGHT_TOUCH, SERVICES, HEALTH = "light_touch", "services", "health"
REGIMES = {
    LIGHT_TOUCH: "social care and other services to people: Procurement Act, light touch",
    SERVICES: "other services: Procurement Act",
    HEALTH: "health care: NHS Provider Selection Regime",
}
_ACT, _RULES = "Procurement Act 2023", "SI 2023/1348"
_GUIDANCE = "NHS England, statutory guidance, April 2025"
_LIGHT, _OTHER = "663,540", "207,720"
# What is done, when, and where it stands: as it was in force in November 2026.
_VALUED = [
    (
        "the amount is the estimated value of the whole contract, with VAT: the most that could be "
        "paid over its whole term, with options and extensions, and of all lots together where "
        "they could be one contract",
        "before the procedure begins", f"{_ACT}, s 4 and Sch 3",
    ),
    (
        "below the amount the steps that follow are not asked for; the rules for smaller contracts "
        "and the buyer's own standing orders may ask for others",
        "before the procedure begins", f"{_ACT}, Part 6",
    ),
]  # fmt: skip
_BEFORE = [
    *_VALUED,
    (
        "conflicts of interest: find them, keep them from giving anyone an advantage, and prepare "
        "a conflicts assessment",
        "before the notice, and kept under review", f"{_ACT}, ss 81 to 83",
    ),
    ("weigh lots, and say in the notice why there are none", "before the notice", f"{_ACT}, s 18"),
    (
        "preliminary market engagement notice (UK2), where the market is asked first",
        "before the notice", f"{_ACT}, ss 16 and 17",
    ),
]  # fmt: skip
_BY_NOTICE = "tender notice (UK4), by an open or a competitive flexible procedure, with the award "
_EXCLUDED = (
    "exclusions: disregard the tender of an excluded supplier, such as one on the debarment list "
    "for a mandatory ground; consider whether a supplier is excludable, whose tender may be "
    "disregarded; ask whether a sub-contractor is on that list. The score does not know: a bid "
    "that is out is left out of the bids",
    "before tenders are scored", f"{_ACT}, ss 26 to 28 and 57 to 62",
)  # fmt: skip
_AFTER = (
    "an assessment summary to each bidder, then the contract award notice (UK6)",
    "before the contract", f"{_ACT}, s 50",
)  # fmt: skip
ROUTES: Mapping[str, Sequence[tuple[str, str, str]]] = {
    LIGHT_TOUCH: [
        (
            f"the Act holds from £{_LIGHT} with VAT",
            "Act in force since 24 February 2025, amount since 1 January 2026",
            f"{_ACT}, s 9 and Sch 1; SI 2024/692, Sch 1; SI 2025/1200",
        ),
        *_BEFORE,
        (f"{_BY_NOTICE}criteria and their weights", "no least time for bids",
         f"{_ACT}, ss 19 to 23 and 54"),
        _EXCLUDED,
        _AFTER,
        (
            "standstill: of choice; where one is kept, eight working days or more",
            "from the day of the contract award notice, that day counted", f"{_ACT}, s 51",
        ),
        ("contract details notice (UK7)", "within 120 days of the contract", f"{_ACT}, s 53"),
    ],
    SERVICES: [
        (
            f"the Act holds from £{_OTHER} with VAT for councils and other local bodies",
            "Act in force since 24 February 2025, amount since 1 January 2026",
            f"{_ACT}, Sch 1; SI 2025/1200",
        ),
        *_BEFORE,
        (f"{_BY_NOTICE}criteria and their weights",
         "25 days for bids or more, with all papers sent by computer at once",
         f"{_ACT}, ss 19 to 23 and 54"),
        _EXCLUDED,
        _AFTER,
        ("standstill: eight working days or more",
         "from the day of the contract award notice, that day counted", f"{_ACT}, s 51"),
        (
            "above £5 million: set and publish three key performance indicators or more, unless "
            "performance cannot fitly be assessed by any",
            "before the contract", f"{_ACT}, s 52",
        ),
        ("contract details notice (UK7)", "within 30 days of the contract", f"{_ACT}, s 53"),
    ],
    HEALTH: [
        ("the regime holds in England for health care bought by NHS bodies and councils, from any "
         "amount",
         "in force since 1 January 2024", _RULES),
        (
            "first ask whether a direct award (A, B or C) or the most suitable provider process "
            "is due; a tender is the competitive process",
            "before anything is published", f"{_RULES}, regs 6 to 11",
        ),
        (
            "weigh five criteria: quality and innovation; value; integration and sustainability; "
            "access, inequalities and choice; social value. A score of price and quality alone "
            "leaves out three",
            "before the notice, with how much each counts", f"{_RULES}, reg 5",
        ),
        (
            "conflicts of interest: take measures against them",
            "from the beginning to the award", f"{_RULES}, reg 21; what it asks was not looked up",
        ),
        ("notice that invites offers", "with a reasonable time to answer", f"{_RULES}, reg 11"),
        (
            "exclusions: no award to an excluded provider, save for overriding reasons of public "
            "interest; an excludable one may be excluded; ask whether a sub-contractor is on the "
            "debarment list. The score does not know: a bid that is out is left out of the bids",
            "before the award", f"{_RULES}, regs 20 and 20A, as amended in February 2025",
        ),
        ("notice of the intention to award", "after each bidder was told", f"{_RULES}, reg 11"),
        (
            "standstill: until the end of the eighth working day after that notice; where a "
            "provider objects, until five working days after the decision is told again",
            "from the notice of the intention", f"{_RULES}, reg 12; {_GUIDANCE}",
        ),
        ("notice that confirms the award", "within 30 days of it", f"{_RULES}; {_GUIDANCE}"),
    ],
}  # fmt: skip
"""By regime: what has to be done, when, and its source."""

EXAMPLE_BIDS = pd.DataFrame(
    [
        ("north", "Ashwood Care", 100_000.0, 70.0),
        ("north", "Brook Homecare", 105_000.0, 90.0),
        ("north", "Calder Co-op", 110_000.0, 80.0),
        ("south", "Ashwood Care", 200_000.0, 70.0),
        ("south", "Brook Homecare", 190_000.0, 90.0),
        ("south", "Dale Trust", 250_000.0, 95.0),
        ("coast", "Ashwood Care", 150_000.0, 70.0),
        ("coast", "Dale Trust", 128_000.0, 95.0),
        ("coast", "Esk Support", 120_000.0, 50.0),
    ],
    columns=["lot", "bidder", "price", "quality"],
)
"""Invented bids: three lots, five bidders."""

_STEP = 10**18
"""What a penny is counted below a hundredth of quality, and that below one of the score."""
_ROOM = ("need", "capacity")
NO_AWARD = "no award"
"""In place of who could have a lot: that nobody would."""
_FINE = 10**15
"""Parts of a point that are told apart where awards of other weights are looked for."""


@dataclass(frozen=True, eq=False)
class Tender(StudyResult):
    """Who wins which lot of a tender.

    ``tables`` holds:

    - ``bids``: lot, bidder, price (pounds), quality and price_score (points of 100), score, rank
      (within the lot; blank where the quality is too low), wins, need (units of the lot) and
      capacity (units of it that the bidder can take; both blank where not told);
    - ``lots``: lot, bids, winner, price, score, runner_up (the best other bid), margin (points),
      less and more (the nearest weights of price below and above which another wins, all lots
      awarded anew; blank where there is none), with_less and with_more (who wins then), tied (who
      could have it in an award of all lots that is worth as much; "no award": that nobody would);
    - ``exchanges``: lot, tied (one who could have it, or "no award"), in_lot, now and then
      (every award that would change with it);
    - ``route``: step, when, source.

    Parameters
    ----------
    remarks : tuple of str
        What the bids do not say, in sentences.
    """

    remarks: tuple[str, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """The lots."""
        return self.tables["lots"]

    @property
    def unawarded(self) -> list[str]:
        """Lots that nobody wins."""
        return [str(row.lot) for row in self.table.itertuples() if not row.winner]

    def priced(self, pounds: float) -> str:
        """A price in words: with pence where any price of the tender has them."""
        prices = self.tables["bids"]["price"]
        return (whole_pounds if (prices % 1 == 0).all() else pence)(pounds)

    def finding(self) -> str:
        """Who wins which lot at which price, or that nobody does."""
        won = [row for row in self.table.itertuples() if row.winner]
        said = [f"{row.lot} goes to {row.winner} at {self.priced(row.price)}" for row in won]
        return listed(said) if said else f"None of {len(self.table)} lots is awarded: £0"

    def summarised(self) -> Summary:
        """Each lot with its bids, what is close or tied, and what is not awarded."""
        said = []
        for row in self.table.itertuples():
            bids = self.tables["bids"][self.tables["bids"]["lot"] == row.lot]
            points = tuple(
                f"{each.bidder}: {_standing(each)} ({self.priced(each.price)}, quality "
                f"{as_set(each.quality)}){', wins' if each.wins else ''}{_room(each)}"
                for each in bids.itertuples()
            )
            head = f"{row.lot}: {row.winner or 'nobody'} wins"
            said.append(Paragraph(f"{head}{self._by(row)}.", points))
        more = (*map(self._nobody, self.unawarded), *self._over_several(), *self.remarks)
        return Summary(self.title, (*said, *sentences(more)))

    def _nobody(self, lot: str) -> str:
        """Why nobody wins a lot."""
        bids, most = self.tables["bids"], self.run["options"]["most_lots"]
        able = bids.loc[(bids["lot"] == lot) & bids["rank"].notna(), "bidder"]
        if able.empty:
            return f"Nobody wins {lot}: no bid is good enough."
        have = "has" if len(able) == 1 else "have each"
        return (
            f"Nobody wins {lot}: {listed(able)} {have} won as many lots as a bidder may "
            f"({number(most)}); allow more, or find more bidders."
        )

    def _over_several(self) -> Iterator[str]:
        """Who wins several lots and can take each alone, but not all, if that is for all."""
        bids = self.tables["bids"]
        for bidder, won in bids[bids["wins"]].groupby("bidder", sort=False):
            needed, able = won["need"].sum(), won["capacity"].iloc[0]
            if len(won) > 1 and won["capacity"].nunique() == 1 and needed > able:
                yield (
                    f"{bidder} wins {listed(won['lot'])}, {count(needed)} in all: if the "
                    f"{count(able)} it can take are for all of them, {count(needed - able)} "
                    "are short."
                )

    def _by(self, row: Any) -> str:
        bids = self.tables["bids"]
        won = bids[(bids["lot"] == row.lot) & bids["wins"]].itertuples()
        head = "".join(self._margin(row) + _room(each) for each in won)
        told = filter(None, (self._tie(row), self._turns(row)))
        return "".join((head, *(f"; {each}" for each in told)))

    def _margin(self, row: Any) -> str:
        """How far the winner is ahead, or what else decided."""
        if not row.runner_up:
            return ""
        ahead = abs(row.margin)
        if row.margin < 0:
            return (
                f", as all lots together have the most points so; {row.runner_up} has "
                f"{number(ahead, 2)} more here, and wins no more lots than a bidder may"
            )
        if ahead:
            return f" by {number(ahead, 2)} over {row.runner_up}"
        bids = self.tables["bids"]
        quality = bids[bids["lot"] == row.lot].set_index("bidder")["quality"]
        more = quality[row.winner] > quality[row.runner_up]
        return f", level on points with {row.runner_up}{': more quality decides' if more else ''}"

    def _tie(self, row: Any) -> str:
        """With whom the award could be exchanged, alone or with other lots."""
        rows = self.tables["exchanges"]
        said, alike = [], []
        for who, moved in rows[rows["lot"] == row.lot].groupby("tied", sort=False):
            if len(moved) == 1:
                alike.append(str(who))
                continue
            now, then = (
                " with ".join(
                    f"{who} in {lot}" for who, lot in zip(moved[when], moved["in_lot"], strict=True)
                )
                for when in ("now", "then")
            )
            said.append(f"{now} has the same points, quality and price in all as {then}")
        if alike:
            said.insert(
                0,
                f"{listed(alike)} could have it with the same points, quality and price, and "
                "nothing but the order of names decides here",
            )
        rule = ["the tender's own rule for ties decides"] if said else []
        return "; ".join([*said, *rule])

    def _turns(self, row: Any) -> str:
        """The nearest weights of price at which another wins."""
        ways = (("more", row.more, row.with_more), ("less", row.less, row.with_less))
        said = [
            f"with price weighing {way} than {percent(turn)} {who or 'nobody'} wins"
            for way, turn, who in ways
            if pd.notna(turn)
        ]
        return ", ".join(said)


def _room(bid: Any) -> str:
    """That a bidder cannot take the whole lot."""
    if not bid.capacity < bid.need:
        return ""
    return f", can take {count(bid.capacity)} of {count(bid.need)}"


def _standing(bid: Any) -> str:
    return "not good enough" if pd.isna(bid.rank) else f"{number(bid.score, 2)} points"


def tender(
    bids: pd.DataFrame,
    *,
    price_weight: float = 0.6,
    quality_weight: float = 0.4,
    most_lots: int = 0,
    least_quality: float = 0.0,
    regime: str = LIGHT_TOUCH,
) -> Tender:
    """Who wins which lot of a tender, by a stated score of price and quality.

    Parameters
    ----------
    bids : DataFrame
        ``lot``, ``bidder``, ``price`` in pounds (of the lot, or of a unit of it: alike for all
        bids of a lot) and ``quality``, points of 100; if known ``need``, the units of the lot,
        and ``capacity``, those the bidder can take, which are told and do not decide.
    price_weight, quality_weight : float
        Their weights, which add up to 1.
    most_lots : int
        How many lots one bidder may win; nought: any number.
    least_quality : float
        Points of quality below which a bid is out, whatever its price; as a share of 100.
    regime : str
        By which law the route is told: ``"light_touch"``, ``"services"`` or ``"health"``.

    Raises
    ------
    WrongArgument, UnreadableTable
        If bids lack a price or a quality, name a bidder twice in a lot, or weights do not add
        up; all of it is named.

    Examples
    --------
    >>> found = tender(EXAMPLE_BIDS, most_lots=1)
    >>> found.table[["lot", "winner", "score"]].to_dict("split")["data"]
    [['north', 'Ashwood Care', 88.0], ['south', 'Brook Homecare', 96.0], \
['coast', 'Dale Trust', 94.25]]
    """
    with Arguments() as asked:
        read = asked.read(_read, bids)
        price = asked.read(share, "price_weight", price_weight)
        quality = asked.read(share, "quality_weight", quality_weight)
        asked.read(_adding_up, price, quality)
        most_lots = asked.read(whole, "most_lots", most_lots)
        least_quality = asked.read(share, "least_quality", least_quality)
        regime = asked.read(one_of, "regime", regime, REGIMES)
    scored = _scored(read, price, quality, least_quality)
    won = _awarded(_worth(scored), most_lots)
    scored["wins"] = [
        won.get(lot) == bidder for lot, bidder in zip(scored["lot"], scored["bidder"], strict=True)
    ]
    exchanges = pd.DataFrame(
        _exchanges(_worth(scored), won, most_lots), columns=["lot", "tied", "in_lot", "now", "then"]
    )
    lots = _lots(scored, _turns(scored, won, most_lots, price))
    tied = exchanges.drop_duplicates(["lot", "tied"]).groupby("lot")["tied"].agg(listed)
    tables = {
        "bids": scored,
        "lots": lots.assign(tied=[tied.get(lot, "") for lot in lots["lot"]]),
        "exchanges": exchanges,
        "route": pd.DataFrame(ROUTES[regime], columns=["step", "when", "source"]),
    }
    limit = "any number of lots" if not most_lots else f"{most_lots} at most"
    notes = (
        f"Price weighs {percent(price)} and quality {percent(quality)}. The lowest price of a lot "
        "has 100 points, one twice as high 50; quality has the points it was given. Scores are "
        "rounded to hundredths.",
        f"A bidder may win {limit}. As many lots are awarded as can be; of all such awards that "
        "with the most points in all, then with the most quality, then the cheapest.",
        "Points of price hang on the lowest bid: where it is withdrawn, others may change places.",
        "What quality is worth is for who gives the points; a score is no forecast of delivery.",
        f"The route is that of the law in force in November 2026 ({REGIMES[regime]}): its main "
        "steps, not every duty. A lawyer should see it before anything is published.",
    )
    options = {
        "price_weight": price, "quality_weight": quality, "most_lots": most_lots,
        "least_quality": least_quality, "regime": regime,
    }  # fmt: skip
    return Tender("Who wins the tender", tables, notes, run_record(study="tender", options=options))


def bids_of(place: Place, service: str) -> pd.DataFrame:
    """The offers of a service as bids: a lot an area, unit cost as price, quality of providers.

    Prices are those of the price base, whatever year an offer was priced in, as in a plan.
    Offers whose provider has no points of quality in the table providers are no bids.

    Raises
    ------
    CannotAnswer
        If none has.
    """
    offers, names = in_base_prices(place, "offers"), Names(place)
    points = place.providers.set_index("provider")["quality"]
    mine = offers[offers["service"] == service].assign(quality=offers["provider"].map(points))
    mine = mine[mine["quality"].notna()]
    if mine.empty:
        raise CannotAnswer(
            f"no offer of {names.of('service', service)} is a bid: give points of quality to those "
            "who deliver it, in the table providers"
        )
    root = Geography.of(place).root
    area = mine["area"].where(mine["area"].notna(), root)
    bids = pd.DataFrame(
        {
            "lot": [names.of("area", each) for each in area],
            "bidder": mine["provider"].astype(str),
            "price": mine["unit_cost"].astype(float),
            "quality": mine["quality"].astype(float),
            "need": [_need(place, service, str(each)) for each in area],
            "capacity": mine["capacity"].astype(float),
        }
    )
    return bids.sort_values("price").drop_duplicates(["lot", "bidder"]).sort_index()


def _need(place: Place, service: str, area: str) -> float:
    """Units of a service that an area needs in the first year; no number where none is told."""
    people = people_in_need(place, Geography.of(place), place.years).get((service, area))
    per_person = place.filled("services").set_index("service")["units_per_person"]
    return float("nan") if people is None else float(people[0] * per_person[service])


def not_in_bids(place: Place, service: str) -> list[str]:
    """What the offers of a service hold that their bids do not, in sentences."""
    offers, names = in_base_prices(place, "offers"), Names(place)
    points = place.providers.set_index("provider")["quality"]
    geography = Geography.of(place)
    mine = offers[offers["service"] == service]
    mine = mine.assign(area=mine["area"].where(mine["area"].notna(), geography.root))
    rated = mine["provider"].map(points).notna()
    lots = set(mine.loc[rated, "area"])
    bare = sorted(set(mine["area"]) - lots)
    out = mine[~rated & mine["area"].isin(lots)]
    needed = {
        area: float(people[0])
        for (of, area), people in people_in_need(place, geography, place.years).items()
        if of == service and people[0] > 0 and not {*geography.path(area)} & {*mine["area"]}
    }
    twice = mine[rated & mine.duplicated(["area", "provider"])]
    said = []
    for area, rows in out.groupby("area", sort=False):
        who = listed(
            f"the offer {names.of('offer', key)}" if is_blank(provider) else str(provider)
            for key, provider in zip(rows["offer"], rows["provider"], strict=True)
        )
        said.append(
            f"Left out of {names.of('area', str(area))}: {who}. Nobody gave points of quality for "
            "it, in the table providers; with them, others could win, as points of price hang on "
            "the lowest bid."
        )
    if needed:
        where = listed(
            f"{names.of('area', area)} ({count(people)} in need)" for area, people in needed.items()
        )
        said.append(f"No lot: {where}. Nobody offers it there.")
    if bare:
        where = listed(names.of("area", each) for each in bare)
        said.append(f"No lot: {where}. Nobody who offers there has points of quality.")
    if not twice.empty:
        who = listed(twice["provider"])
        said.append(f"Of several offers in one area the cheapest is the bid: {who}.")
    later = mine.loc[rated & ((mine["set_up_cost"] > 0) | mine["first_year"].notna()), "provider"]
    if not later.empty:
        said.append(f"Set-up costs and first years are not in the prices: {listed(later)}.")
    return said


def services_with_bids(place: Place) -> dict[str, str]:
    """Names of services that can be tendered among their offers, by key."""
    rated = set(place.providers.loc[place.providers["quality"].notna(), "provider"])
    held = dict.fromkeys(place.offers.loc[place.offers["provider"].isin(rated), "service"])
    return {str(key): Names(place).of("service", str(key)) for key in held}


def _read(bids: object) -> pd.DataFrame:
    """Bids with their figures as numbers; all that is wrong is named."""
    rows, problems = typed_rows("bids", bids, BIDS)
    table = rows[["lot", "bidder", "price", "quality", *_ROOM]]
    for lot, need in table.groupby("lot", sort=False)["need"]:
        if need.nunique() > 1:
            figures = listed(count(each) for each in need.dropna().unique())
            problems.append(f"bids: {lot} has a need of {figures}; write one in all of its rows")
    for column in ("lot", "bidder"):
        spelt: dict[str, dict[str, None]] = {}
        for name in table[column]:
            spelt.setdefault(" ".join(name.casefold().split()), {})[name] = None
        problems += [
            f"bids: {listed(names)} differ by capitals or spaces alone; write one {column} alike"
            for names in spelt.values()
            if len(names) > 1
        ]
    if problems:
        raise UnreadableTable.of(problems)
    table["need"] = table.groupby("lot")["need"].transform("max")
    return table.reset_index(drop=True)


def _adding_up(price: object, quality: object) -> None:
    if isinstance(price, float) and isinstance(quality, float) and abs(price + quality - 1) > 1e-9:
        raise WrongArgument(
            f"the weights of price and quality add up to {percent(price + quality)}, not to "
            f"{percent(1)}: {percent(price)} and {percent(quality)}"
        )


def _scored(bids: pd.DataFrame, price: float, quality: float, least: float) -> pd.DataFrame:
    """Every bid with its points and its rank within the lot, the best first."""
    enough = bids["quality"] >= 100 * least - 1e-9
    lowest = bids["price"].where(enough).groupby(bids["lot"]).transform("min")
    rows: list[tuple[Any, ...]] = []
    for lot, bidder, cost, points in bids[["lot", "bidder", "price", "quality"]].itertuples(
        index=False
    ):
        low = lowest[len(rows)]
        of_price = Fraction(0) if pd.isna(low) else 100 * _exact(low) / _exact(cost)
        score = _exact(price) * of_price + _exact(quality) * _exact(points)
        rows.append((lot, bidder, cost, points, _hundredths(of_price), _hundredths(score)))
    names = ["lot", "bidder", "price", "quality", "price_score", "score"]
    made = pd.DataFrame(rows, columns=names).assign(**{name: bids[name] for name in _ROOM})
    out = ~enough.to_numpy()
    made.loc[out, ["price_score", "score"]] = [0.0, 0.0]
    best = pd.DataFrame({"lot": made["lot"], "score": made["score"].mask(out)})
    made["rank"] = best.groupby("lot")["score"].rank(method="min", ascending=False)
    place = {lot: n for n, lot in enumerate(dict.fromkeys(made["lot"]))}
    order = made.assign(at=made["lot"].map(place), no=-made["quality"])
    order = order.sort_values(["at", "rank", "no", "price", "bidder"], kind="stable")
    return made.loc[order.index].reset_index(drop=True)


def _exact(value: float) -> Fraction:
    return Fraction(repr(float(value)))


def _hundredths(points: Fraction) -> float:
    return math.floor(points * 100 + Fraction(1, 2)) / 100


def _worth(scored: pd.DataFrame) -> dict[str, dict[str, int]]:
    """By lot and bidder: points, then quality, then pennies, as one whole number."""
    made: dict[str, dict[str, int]] = {lot: {} for lot in scored["lot"]}
    for row in scored.dropna(subset="rank").itertuples():
        points, quality = round(row.score * 100), round(row.quality * 100)
        made[row.lot][row.bidder] = (points * _STEP + quality) * _STEP - round(row.price * 100)
    return made


def _awarded(worth: Mapping[str, Mapping[str, int]], most: int) -> dict[str, str]:
    """Who wins which lot: as many as can be, and of these awards the one that is worth most."""
    won: dict[str, str] = {}
    while (path := _best_path(worth, won, most or len(worth))) is not None:
        won |= path
    return won


def _best_path(
    worth: Mapping[str, Mapping[str, int]], won: Mapping[str, str], most: int
) -> dict[str, str] | None:
    """The exchanges by which one lot more is awarded and most is gained; None: there are none."""
    held: dict[str, list[str]] = {}
    for lot, bidder in won.items():
        held.setdefault(bidder, []).append(lot)
    gain: dict[str, int] = {lot: 0 for lot in worth if lot not in won}
    after: dict[str, dict[str, str]] = {lot: {} for lot in gain}
    open_, best, found = list(gain), None, None
    while open_:
        lot = open_.pop(0)
        for bidder, value in worth[lot].items():
            reached, path = gain[lot] + value, after[lot] | {lot: bidder}
            mine = held.get(bidder, [])
            if len(mine) < most and (best is None or reached > best):
                best, found = reached, path
            for other in mine:
                freed = reached - worth[other][bidder]
                if other not in path and freed > gain.get(other, -(_STEP**3)):
                    gain[other], after[other] = freed, path
                    open_.append(other)
    return found


def _exchanges(
    worth: Mapping[str, Mapping[str, int]], won: Mapping[str, str], most: int
) -> Iterator[tuple[str, str, str, str, str]]:
    """Lots that another could have, or that could go without, in an award worth as much.

    With all that would change: of such awards that with the fewest changes, after the lot asked of.
    """
    whole, lots = _all(worth, won), len(worth)
    finer = {
        lot: {who: value * 3 * lots + (won.get(lot) == who) for who, value in bids.items()}
        for lot, bids in worth.items()
    }

    def alike(lot: str, takers: Sequence[str]) -> dict[str, str]:
        bids = {who: finer[lot][who] + lots + 1 for who in takers}
        other = _awarded({**finer, lot: bids}, most)
        fits = len(other) == len(won) and _all(worth, other) == whole
        return other if fits and (lot in other) == bool(takers) else {}

    for lot, bids in worth.items():
        others = [who for who in bids if who != won.get(lot)]
        tied = others if others and alike(lot, others) else []
        found = {who: alike(lot, [who]) for who in tied}
        if lot in won and len(won) < lots:
            found[NO_AWARD] = alike(lot, [])
        for who, then in found.items():
            for at in sorted({**won, **then}, key=lambda each: each != lot):
                if then and won.get(at) != then.get(at):
                    yield lot, who, at, won.get(at, "nobody"), then.get(at, "nobody")


def _all(worth: Mapping[str, Mapping[str, int]], won: Mapping[str, str]) -> int:
    return sum(worth[lot][bidder] for lot, bidder in won.items())


_Lines = dict[str, dict[str, tuple[Fraction, Fraction]]]


def _turns(
    scored: pd.DataFrame, won: Mapping[str, str], most: int, price: float
) -> dict[tuple[str, int], tuple[float, str]]:
    """By lot and way (-1 less weight of price, 1 more): the nearest weight, and who wins then."""
    lines: _Lines = {}
    for lot, bids in scored.dropna(subset="rank").groupby("lot", sort=False):
        low = _exact(bids["price"].min())
        lines[str(lot)] = {
            row.bidder: (100 * low / _exact(row.price), _exact(row.quality))
            for row in bids.itertuples()
        }
    # Without a limit lots do not touch each other.
    alone = [{lot: bids} for lot, bids in lines.items()]
    found: dict[tuple[str, int], tuple[float, str]] = {}
    for part in [lines] if most else alone:
        for way in (-1, 1):
            for turn, award in _path_of(part, won, most, _exact(price), way):
                if turn == max(way, 0):
                    break  # No weight lies beyond.
                for lot in part:
                    if award.get(lot) != won.get(lot):
                        found.setdefault((lot, way), (float(turn), award.get(lot, "")))
                if all((lot, way) in found for lot in part):
                    break
    return found


def _path_of(
    lines: _Lines, won: Mapping[str, str], most: int, price: Fraction, way: int
) -> Iterator[tuple[Fraction, dict[str, str]]]:
    """The best awards from a weight of price to nought or to the whole, and where each begins.

    The points of an award are a line in the weight of price. Where the line of the present award
    meets that of the last one found, either nothing is better, and there the award changes, or
    what is better is tried in its place.
    """

    def best(weight: Fraction) -> dict[str, str]:
        worth = {
            lot: {
                who: (
                    round((weight * of_price + (1 - weight) * quality) * _FINE) * _STEP
                    + round(way * (of_price - quality) * 1000) * 10
                    + (won.get(lot) == who)
                )
                for who, (of_price, quality) in bids.items()
            }
            for lot, bids in lines.items()
        }
        return _awarded(worth, most)

    def points(award: Mapping[str, str], weight: Fraction) -> Fraction:
        both = (lines[lot][who] for lot, who in award.items())
        return sum((weight * of_price + (1 - weight) * of for of_price, of in both), Fraction(0))

    end = Fraction(max(way, 0))
    here, now = price, best(price)
    yield here, now
    while here != end:
        last, at = best(end), end
        while points(last, at) > points(now, at):
            # Both differences are of lines: they meet where the gain is nothing.
            gain, lead = points(last, at) - points(now, at), points(now, here) - points(last, here)
            meet = here + (at - here) * lead / (lead + gain) if lead > 0 else here
            better = best(meet)
            if points(better, meet) <= points(now, meet):
                break
            last, at = better, meet
        else:
            return
        here, now = meet, last
        yield here, now


def _lots(scored: pd.DataFrame, turns: Mapping[tuple[str, int], tuple[float, str]]) -> pd.DataFrame:
    rows = []
    for lot, bids in scored.groupby("lot", sort=False):
        able, none = bids.dropna(subset="rank"), float("nan")
        row = {"lot": lot, "bids": len(bids), "winner": "", "price": none, "score": none}
        row |= {"runner_up": "", "margin": none}
        for way, name in ((-1, "less"), (1, "more")):
            row[name], row[f"with_{name}"] = turns.get((str(lot), way), (none, ""))
        for mine in able[able["wins"]].to_dict("records"):
            row |= {"winner": mine["bidder"], "price": mine["price"], "score": mine["score"]}
            for other in able[~able["wins"]].head(1).to_dict("records"):
                row["runner_up"] = other["bidder"]
                row["margin"] = round(mine["score"] - other["score"], 2)
        rows.append(row)
    return pd.DataFrame(rows)
