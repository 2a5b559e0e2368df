"""The schedule of a pooled fund: what an agreement under section 75 has to specify.

Regulation 7 of the NHS Bodies and Local Authorities Partnership Arrangements Regulations 2000
(SI 2000/617) lists what the agreement on a pooled fund must specify. What of it a place and its
plan hold is written down, each figure as in the plan; what they do not hold is a blank to fill
in, marked as one. Nothing is invented.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from placebudget.arguments import Arguments, flag, number, text
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Place
from placebudget.place.geography import Geography
from placebudget.place.io.loose import POOL_SHARES, given_table
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.place.names import Names, listed
from placebudget.plan import Plan
from placebudget.plan.pennies import add_up
from placebudget.plan.record.inputs import at_hand
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.summary import Paragraph, Summary
from placebudget.programme.lines import people_in_need
from placebudget.programme.money import contribution_limits
from placebudget.study.result import PlaceResult, record_of
from placebudget.study.risk_share import risk_share
from placebudget.study.trace import lines_of, pools_of
from placebudget.texts import shown
from placebudget.words import count, pence, percent, plain

REGULATIONS = (
    "NHS Bodies and Local Authorities Partnership Arrangements Regulations 2000 (SI 2000/617), "
    "regulation 7"
)
BLANK = "[to fill in: {}]"
_PARTNERS = {"council": "a function of a council", "nhs": "an NHS function"}
"""Sectors of bodies that may be partners, and what their functions are."""
_NEEDED = {"nhs": "an NHS body", "council": "a council"}
_NO_FUNCTION = "a function of neither an NHS body nor a council"
_SECTION_75 = re.compile(r"section 75\b")
AIMS, PAID, FUNCTIONS, PEOPLE, STAFF, DURATION, MANAGED, HOST, RISK = (
    "Aims and outcomes (7(3)(a))",
    "Contributions, and how they may be varied (7(3)(b))",
    "Functions (7(3)(c))",
    "Persons, and kinds of services (7(3)(d))",
    "Staff, goods, services and accommodation (7(3)(e))",
    "Duration, review, variation and ending (7(3)(f))",
    "How the fund is managed and monitored (7(3)(g))",
    "Host partner and pool manager (7(4))",
    "Overspends and underspends (7(3)(b) and (g))",
)
"""What is specified, with where the regulation asks for it."""
_BLANKS = {
    AIMS: ("the aims in words",),
    PAID: ("how contributions are varied within a year and between years, and by whose consent",),
    FUNCTIONS: ("the NHS functions and the health-related functions by their enactments",),
    PEOPLE: ("who is eligible, and which area the arrangements cover",),
    STAFF: ("staff, goods, services and accommodation that each partner provides",),
    DURATION: ("the day it begins and ends", "review, variation, notice and what follows the end"),
    MANAGED: ("who meets, how often, what they may decide", "the auditor, and the annual return"),
    HOST: ("the name of the pool manager",),
    RISK: ("what becomes of an underspend",),
}


@dataclass(frozen=True, eq=False)
class PoolSchedule(PlaceResult):
    """What an agreement on a pooled fund has to specify, as far as a place and its plan hold it.

    ``tables`` holds, in pounds to the penny, cash of the year:

    - ``contributions``: agency, stream, year, gross, least, most (blank: no limit), legal_power;
    - ``fund``: year, gross (paid in), management_cost, spent, unspent;
    - ``services``: service, purpose, commissioner, duty, year, amount;
    - ``outcomes``: outcome, unit, counted (all years, of all money on these services);
    - ``people``: service, year, people (in need);
    - ``shares``: partner, share (per cent), cap;
    - ``overspend``: step, source, amount, left: who bears an overspend of the size given;
    - ``blanks``: section, to_fill_in.

    Parameters
    ----------
    place : Place
        The place.
    pool : str
        The pool.
    misfits : tuple of str
        Where the regulation does not fit, in sentences.
    """

    pool: str = ""
    misfits: tuple[str, ...] = ()

    @property
    def sums(self) -> Mapping[str, Collection[str]]:
        """Which columns of which tables are parts of a total."""
        return {
            "contributions": ("gross",),
            "fund": ("gross", "management_cost", "spent", "unspent"),
            "services": ("amount",),
            "overspend": ("amount",),
        }

    @property
    def table(self) -> pd.DataFrame:
        """What each partner pays in."""
        return self.tables["contributions"]

    def finding(self) -> str:
        """What is paid in by how many, for what, how much is to fill in, and what does not fit."""
        paid, years = self.table, self.place.years
        who, what = paid["agency"].nunique(), self.tables["services"]["service"].nunique()
        paying = "1 partner pays" if who == 1 else f"{who} partners pay"
        misfits = len(self.misfits)
        fits = (
            f"; in {misfits} point{'s' * (misfits != 1)} the regulation does not fit"
            if misfits
            else ""
        )
        return (
            f"{Names(self.place).of('pool', self.pool)}: {paying} in "
            f"{pence(float(paid['gross'].sum()))} from {years[0]} to {years[-1]}, for {what} "
            f"service{'s' * (what != 1)}; {len(self.tables['blanks'])} things are left to fill in"
            f"{fits}"
        )

    def sections(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What is specified under each heading, sentence by sentence, blanks last."""
        blanks = self.tables["blanks"]
        for title, said in (
            (AIMS, self._outcomes()),
            (PAID, self._paid()),
            (FUNCTIONS, self._functions()),
            (PEOPLE, self._people()),
            (STAFF, self._staff()),
            (DURATION, self._duration()),
            (MANAGED, self._fund()),
            (HOST, self._host()),
            (RISK, self._risk()),
        ):
            left = blanks.loc[blanks["section"] == title, "to_fill_in"]
            yield title, (*said, *(BLANK.format(each) for each in left))

    def summarised(self) -> Summary:
        """Where the regulation does not fit, then the schedule, heading by heading."""
        first = [Paragraph("Does not fit the regulation:", self.misfits)] if self.misfits else []
        told = [Paragraph(f"{title}:", said) for title, said in self.sections()]
        return Summary(self.title, (*first, Paragraph(f"{self.finding()}."), *told))

    def _outcomes(self) -> Iterator[str]:
        for row in self.tables["outcomes"].itertuples():
            name = self.name_of("outcome", row.outcome)
            yield (
                f"{name}: {count(row.counted)} in all years that count, from all money on these "
                "services, in the model"
            )

    def _paid(self) -> Iterator[str]:
        for (agency, stream), rows in self.table.groupby(["agency", "stream"], sort=False):
            who, of = self.name_of("agency", agency), self.name_of("stream", stream)
            each = "; ".join(
                f"{pence(row.gross)} in {row.year}{_within(row.least, row.most)}"
                for row in rows.itertuples()
            )
            power = rows["legal_power"].iloc[0]
            under = f", under {power}" if power else ", under a power that nobody has named"
            yield f"{who}, from {of}{under}: {each}"
        yield f"in all: {pence(float(self.table['gross'].sum()))}"

    def _functions(self) -> Iterator[str]:
        sectors = self.place.filled("agencies").set_index("agency")["sector"]
        for row in self._once().itertuples():
            kind = _PARTNERS.get(sectors[row.commissioner], _NO_FUNCTION)
            ours = sectors[row.commissioner] in _PARTNERS
            duty = row.duty or (BLANK.format("its enactment") if ours else "")
            said = [
                f"{kind} ({self.name_of('agency', row.commissioner)})",
                *([duty] if duty else []),
            ]
            yield f"{self.name_of('service', row.service)}: {', '.join(said)}"

    def _once(self) -> pd.DataFrame:
        return self.tables["services"].drop_duplicates("service")

    def _people(self) -> Iterator[str]:
        people = self.tables["people"]
        for row in self._once().itertuples():
            rows = people[people["service"] == row.service]
            said = f"{self.name_of('service', row.service)} ({plain(row.purpose)})"
            if len(rows):
                each = ", ".join(f"{count(at.people)} in {at.year}" for at in rows.itertuples())
                said += f", for people in need of it: {each}"
            yield said
        purposes = self.place.pool_purposes
        may = purposes.loc[purposes["pool"] == self.pool, "purpose"]
        if len(may):
            yield f"the fund may pay for: {listed(plain(each) for each in sorted(may))}"

    def _staff(self) -> Iterator[str]:
        offers = self.place.filled("offers").set_index("offer")["service"]
        services = set(self._once()["service"])
        staffed = self.place.filled("staffing")
        posts = self.place.filled("posts").set_index("role")["name"]
        for row in staffed[staffed["offer"].map(offers).isin(services)].itertuples():
            role = posts.get(row.role)
            who = plain(row.role) if role is None or pd.isna(role) else role
            yield f"{plain(row.offer)}: {count(row.hours)} hours of {who} a unit"

    def _duration(self) -> Iterator[str]:
        years = self.place.years
        yield f"the figures are of the financial years {years[0]} to {years[-1]}"

    def _fund(self) -> Iterator[str]:
        for row in self.tables["fund"].itertuples():
            yield (
                f"{row.year}: {pence(row.gross)} paid in; {pence(row.spent)} for services, "
                f"{pence(row.management_cost)} for management, {pence(row.unspent)} left in it"
            )
        yield (
            "the pool manager reports to the partners each quarter, and sends them a return each "
            "year, of what the fund receives and spends and of what they need to see how well it "
            "works"
        )

    def _host(self) -> Iterator[str]:
        host = self.place.pools.set_index("pool")["host"][self.pool]
        who = BLANK.format("the host") if pd.isna(host) else self.name_of("agency", str(host))
        yield f"host partner, which answers for the accounts and their audit: {who}"

    def _risk(self) -> Iterator[str]:
        asked = self.run["options"]
        for row in self.tables["shares"].itertuples():
            cap = "" if pd.isna(row.cap) else f", up to {pence(row.cap)}"
            yield f"{row.partner} bears {percent(row.share / 100)} of an overspend{cap}"
        if asked["shares"] is None:
            yield "these shares are those of what is paid in; no agreement on them is known"
        whole = float(self.tables["overspend"]["amount"].sum())
        if whole:
            steps = "; ".join(
                f"{row.source} {pence(row.amount)}" for row in self.tables["overspend"].itertuples()
            )
            yield (
                f"for example, services that cost {percent(asked['overspend'])} more, "
                f"{pence(whole)}, would be met by: {steps}"
            )


def _within(least: float, most: float) -> str:
    """Between which limits a contribution stands."""
    limits = [f"at least {pence(least)}"] if least > 0 else []
    limits += [] if pd.isna(most) else [f"at most {pence(most)}"]
    return f" ({', '.join(limits)})" if limits else " (no limits)"


def section_75(
    plan: PlanLike,
    pool: str | None = None,
    *,
    place: PlaceLike | None = None,
    shares: pd.DataFrame | None = None,
    overspend: float = 0.05,
    risk_pool: float = 0.0,
    pass_on: bool = False,
) -> PoolSchedule:
    """The schedule of a pooled fund: what regulation 7 of SI 2000/617 asks to be specified.

    Parameters
    ----------
    plan : Plan or path
        A plan with pools.
    pool : str, optional
        The pool; default the one that pays most.
    place : Place, path or str, optional
        The place of the plan, where the plan was read from a file.
    shares : DataFrame, optional
        Who agreed to bear an overspend: partner (key or name of a body that may pay in, or of the
        host), share in per cent, cap in pounds or blank. Left out, by what each body pays in, and
        the schedule says so.
    overspend : float
        Share by which services cost more, in the example of who bears an overspend.
    risk_pool : float
        Money set aside for overspends, in pounds.
    pass_on : bool
        Whether what lies above a cap passes to the other partners.

    Returns
    -------
    PoolSchedule
        Every figure as in the plan; what the place does not hold is a blank to fill in.

    Raises
    ------
    CannotAnswer
        If no pool pays for anything in the plan, or its place is not known.
    WrongArgument
        If there is no such pool, or one who is to bear a share has nothing to do with it.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = section_75(pb.simulate(pb.example("northvale")))
    >>> [title for title, _ in found.sections()][0]
    'Aims and outcomes (7(3)(a))'
    """
    with Arguments() as asked:
        plan = asked.read(as_plan, plan)
        given = None if place is None else asked.read(as_place, place)
        pool = None if pool is None else asked.read(text, "pool", pool)
        overspend = asked.read(number, "overspend", overspend, least=0)
        risk_pool = asked.read(number, "risk_pool", risk_pool, least=0)
        pass_on = asked.read(flag, "pass_on", pass_on)
    found = at_hand(plan, given, "The schedule of a pool")
    pools = pools_of(plan)
    if not pools:
        raise CannotAnswer(f"the plan {plan.name} pays nothing through pools")
    chosen = next(iter(pools)) if pool is None else pool
    if chosen not in pools or chosen not in set(found.pools["pool"]):
        raise WrongArgument(f"no pool {shown(chosen)} pays for anything here: {', '.join(pools)}")
    paid = _contributions(found, plan, chosen)
    agreed = (
        _by_contribution(found, paid) if shares is None else _named(found, chosen, paid, shares)
    )
    lines = lines_of(found, plan, chosen)
    dearer = lines.assign(actual=(lines["budget"] * (1 + overspend)).round(2))
    risk = risk_share(dearer, agreed, risk_pool=risk_pool, pass_on=pass_on)
    services = _services(found, plan, chosen)
    tables = {
        "contributions": paid,
        "fund": _fund(plan, chosen),
        "services": services,
        "outcomes": _outcomes(plan, services),
        "people": _people(found, services),
        "shares": risk.tables["partners"][["partner", "share", "cap"]],
        "overspend": risk.tables["steps"],
        "blanks": pd.DataFrame(
            [(section, each) for section, blanks in _BLANKS.items() for each in blanks],
            columns=["section", "to_fill_in"],
        ),
    }
    run = record_of(
        plan, "section_75", pool=chosen, overspend=overspend, risk_pool=risk_pool, pass_on=pass_on,
        shares=None if shares is None else agreed.to_dict("records"),
    )  # fmt: skip
    title = f"Schedule of a pooled fund: {Names(found).of('pool', chosen)}"
    misfits = tuple(_misfits(found, chosen, paid, services))
    return PoolSchedule(title, tables, _NOTES, run, found, chosen, misfits)


def _contributions(place: Place, plan: Plan, pool: str) -> pd.DataFrame:
    """What each stream pays in, with its limits and power; by body, largest first."""
    rows = plan.tables["contributions"]
    rows = rows.loc[rows["pool"] == pool, ["stream", "year", "gross"]]
    limits = contribution_limits(place, place.years)
    limits = limits[limits["pool"] == pool]
    limits = limits.assign(year=[place.years[t] for t in limits["t"]])
    rows = rows.merge(limits[["stream", "year", "minimum", "maximum"]], "left", ["stream", "year"])
    powers = place.contributions[place.contributions["pool"] == pool]
    powers = powers.drop_duplicates("stream").set_index("stream")["legal_power"]
    whose = place.filled("streams").set_index("stream")["agency"]
    made = pd.DataFrame(
        {
            "agency": rows["stream"].map(whose),
            "stream": rows["stream"],
            "year": rows["year"],
            "gross": rows["gross"],
            "least": rows["minimum"].fillna(0.0),
            "most": rows["maximum"].where(rows["maximum"] < float("inf")),
            "legal_power": rows["stream"].map(powers).fillna("").astype(str),
        }
    )
    size = made.groupby("agency")["gross"].transform("sum")
    order = made.assign(size=-size).sort_values(["size", "agency", "stream", "year"])
    return order.drop(columns="size").reset_index(drop=True)


def _by_contribution(place: Place, paid: pd.DataFrame) -> pd.DataFrame:
    """Shares of what each body pays in, per cent."""
    by = paid.groupby("agency", sort=False)["gross"].sum()
    names = Names(place)
    return pd.DataFrame(
        {
            "partner": [names.of("agency", str(agency)) for agency in by.index],
            "share": add_up((100 * by / by.sum()).tolist(), 2),
        }
    )


def _named(place: Place, pool: str, paid: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Agreed shares with the names of partners, each of whom may pay in or is the host."""
    given, names = given_table("shares", shares, POOL_SHARES), Names(place)
    whose = place.filled("streams").set_index("stream")["agency"]
    paying = place.contributions.loc[place.contributions["pool"] == pool, "stream"].map(whose)
    host = place.pools.loc[place.pools["pool"] == pool, "host"].dropna()
    called = {
        str(each): names.of("agency", str(each)) for each in (*paid["agency"], *paying, *host)
    }
    meant = {
        _plainly(word): name
        for key, name in called.items()
        for word in (key, names.of("agency", key))
    }
    wrong = [each for each in given["partner"] if _plainly(each) not in meant]
    if wrong:
        raise WrongArgument(
            f"{listed(map(shown, wrong))} cannot bear a share of {names.of('pool', pool)}: name "
            f"who may pay in, or the host: {listed(called.values())}"
        )
    return given.assign(partner=[meant[_plainly(each)] for each in given["partner"]])


def _plainly(name: object) -> str:
    """A name whose capitals and spaces do not count."""
    return " ".join(str(name).casefold().split())


def _fund(plan: Plan, pool: str) -> pd.DataFrame:
    rows = plan.tables["contributions"]
    columns = ["gross", "management_cost", "spent", "unspent"]
    return rows[rows["pool"] == pool].groupby("year", as_index=False)[columns].sum().round(2)


def _services(place: Place, plan: Plan, pool: str) -> pd.DataFrame:
    """What the fund pays for, by service and year."""
    money = plan.money(["route", "service", "year"])
    money = money.loc[(money["route"] == pool) & (money["amount"] >= 0.005)]
    table = place.filled("services").set_index("service")
    made = pd.DataFrame(
        {
            "service": money["service"],
            "purpose": money["service"].map(table["purpose"]),
            "commissioner": money["service"].map(table["commissioner"]),
            "duty": money["service"].map(table["duty"]).fillna("").astype(str),
            "year": money["year"],
            "amount": money["amount"].round(2),
        }
    )
    size = made.groupby("service")["amount"].transform("sum")
    order = made.assign(size=-size).sort_values(["size", "service", "year"])
    return order.drop(columns="size").reset_index(drop=True)


def _outcomes(plan: Plan, services: pd.DataFrame) -> pd.DataFrame:
    made = plan.tables["outcomes"]
    made = made[made["service"].isin(services["service"])]
    found = made.groupby("outcome", as_index=False)["counted"].sum()
    units = plan.labels["outcomes"].set_index("outcome")["unit"]
    found.insert(1, "unit", found["outcome"].map(units).fillna("").astype(str))
    return found[found["counted"] > 0].reset_index(drop=True)


def _people(place: Place, services: pd.DataFrame) -> pd.DataFrame:
    """People in need of the services by year."""
    mine = set(services["service"])
    rows = [
        (service, year, people)
        for (service, _), each in people_in_need(place, Geography.of(place), place.years).items()
        if service in mine
        for year, people in zip(place.years, each, strict=True)
    ]
    found = pd.DataFrame(rows, columns=["service", "year", "people"])
    found = found.groupby(["service", "year"], as_index=False)["people"].sum()
    return found[found["people"] > 0].reset_index(drop=True)


_NOTES = (
    f"Headings name what the agreement must specify by the {REGULATIONS}.",
    "Amounts are those of the plan, pounds to the penny, cash of the year. This is no agreement "
    "and no legal advice; what stands in square brackets the place does not hold.",
)


def _misfits(place: Place, pool: str, paid: pd.DataFrame, services: pd.DataFrame) -> Iterator[str]:
    """Where the regulation does not fit: who pays in, under which power, and for what."""
    names, sectors = Names(place), place.filled("agencies").set_index("agency")["sector"]
    kinds = {sectors[who] for who in paid["agency"]}
    lacking = [said for kind, said in _NEEDED.items() if kind not in kinds]
    if lacking:
        yield (
            "such a fund needs an NHS body and a council that pay in; here "
            f"{listed(lacking)} is missing"
        )
    power = place.pools.set_index("pool")["legal_power"][pool]
    if pd.isna(power) or not _SECTION_75.search(str(power)):
        held = "none" if pd.isna(power) else str(power)
        yield (
            f"the power that the place names for the pool is {held}; the regulation is about funds "
            "under section 75 of the National Health Service Act 2006"
        )
    for agency, rows in paid.groupby("agency", sort=False):
        who, powers = names.of("agency", str(agency)), [*dict.fromkeys(rows["legal_power"])]
        if sectors[agency] not in _PARTNERS:
            yield (
                f"{who} can be no partner of such a fund, which NHS bodies and councils make: it "
                "pays in under another power, and bears an overspend only where that allows it"
            )
        elif others := [each for each in powers if each and not _SECTION_75.search(each)]:
            yield f"{who} pays in under {listed(others)}, not under section 75"
    for row in services.drop_duplicates("service").itertuples():
        if sectors[row.commissioner] not in _PARTNERS:
            yield (
                f"{names.of('service', row.service)} is {_NO_FUNCTION} "
                f"({names.of('agency', row.commissioner)}), which no such arrangement takes in"
            )
