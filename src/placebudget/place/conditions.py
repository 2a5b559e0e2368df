"""The conditions of money: by which routes a stream may pay for a line, and what stops it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from placebudget.arguments import Arguments, known_key, texts
from placebudget.errors import WrongArgument
from placebudget.place.geography import Geography, each_row, is_blank
from placebudget.place.names import level_assumed
from placebudget.place.once import once
from placebudget.place.rule_kinds import rules_that
from placebudget.place.settings import KEEP
from placebudget.place.subjects import (
    Line,
    Subject,
    led_by_need,
    lines_of,
    parse_subject,
    picks,
    write_subject,
)
from placebudget.place.succession import Successions, roots
from placebudget.texts import did_you_mean, listed

if TYPE_CHECKING:
    from placebudget.place.place import Place


SILOED, ALIGNED, POOLED, FREED = "siloed", "aligned", "pooled", "freed"


def least_paid(contribution: Any, funding: float) -> float:
    """Least gross contribution of a row in a year in which its stream brings so much, in pounds.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> least_paid(SimpleNamespace(minimum=None, minimum_share=0.5), 3_000_000)
    1500000.0
    """
    if is_blank(contribution.minimum):
        return float(contribution.minimum_share) * funding
    return float(contribution.minimum)


@dataclass(frozen=True)
class Pooling:
    """How the money of a place may come together.

    Parameters
    ----------
    name : str
        Siloed, aligned, pooled, freed, or the pools joined by commas.
    pools : tuple of str
        Pools of the place that are open, sorted.
    freed : bool
        Whether there is one pool without limits or management cost, in which
        ring-fences are ended.
    flexible : bool
        Whether the programme also holds what the pooling bars, closed by a
        bound, so that a live session can open it.
    coalitions : bool
        Whether money that agencies share stands beside the aligned place, closed by
        bounds, so that a live programme can open it to the members of a coalition.
    """

    name: str
    pools: tuple[str, ...] = ()
    freed: bool = False
    flexible: bool = False
    coalitions: bool = False

    @property
    def siloed(self) -> bool:
        """Whether each agency plans for itself."""
        return self.name == SILOED


def read_pooling(place: Place, pooling: str | Sequence[str]) -> Pooling:
    """Understand a pooling as a user writes it.

    Parameters
    ----------
    pooling : str or sequence of str
        ``"siloed"``, ``"aligned"``, ``"pooled"`` (the pools that the place has open),
        ``"freed"``, or names of pools, as a list or divided by commas: they are open
        whatever the place says.

    Raises
    ------
    WrongArgument
        If a pool is named that the place does not have;
        or if it is neither a text nor a list of texts.

    Examples
    --------
    >>> import placebudget as pb
    >>> read_pooling(pb.example("toy_pooling"), "aligned").pools
    ()
    """
    known = tuple(sorted(place.pools["pool"].dropna().unique()))
    if isinstance(pooling, str):
        name = pooling.strip().lower()
        if name in (SILOED, ALIGNED):
            return Pooling(name)
        if name == POOLED:
            return Pooling(POOLED, open_pools(place))
        if name == FREED:
            return Pooling(FREED, freed=True)
        pooling = [part.strip() for part in pooling.split(",") if part.strip()]
    chosen = tuple(sorted(texts("pooling", pooling, such_as="'pooled' or ['better_care']")))
    unknown = [pool for pool in chosen if pool not in known]
    if unknown or not chosen:
        hints = [did_you_mean(pool, [SILOED, ALIGNED, POOLED, FREED, *known]) for pool in unknown]
        hint = " ".join(filter(None, hints))
        raise WrongArgument(
            f"No such pool: {', '.join(unknown) or 'none named'}. {hint} Write siloed, aligned, "
            f"pooled, freed, or pools out of: {', '.join(known) or 'none'}."
        )
    return Pooling(",".join(chosen), chosen)


def open_pools(place: Place) -> tuple[str, ...]:
    """Pools that a place has open, sorted.

    Examples
    --------
    >>> import placebudget as pb
    >>> open_pools(pb.example("toy_pooling"))
    ('one_pool',)
    """
    pools = place.filled("pools")
    return tuple(sorted(pools.loc[pools["open"].astype(bool), "pool"].dropna().unique()))


def one_goal(place: Place, pooling: str | Sequence[str]) -> Pooling:
    """A pooling under which all money has one goal, as a user writes it.

    Raises
    ------
    WrongArgument
        If each agency would plan for itself, or as for :func:`read_pooling`.

    Examples
    --------
    >>> import placebudget as pb
    >>> one_goal(pb.example("toy_pooling"), "pooled").pools
    ('one_pool',)
    """
    mode = read_pooling(place, pooling)
    if mode.siloed:
        raise WrongArgument(
            "in a siloed place each agency plans for itself, one after another, and there is no "
            "one goal to ask this about; write aligned, pooled, freed, or pools by name"
        )
    return mode


def standing_pooling(place: Place) -> Pooling:
    """All pools there are, those that are closed among them: the ways of today's money."""
    pools = tuple(sorted(place.pools["pool"].dropna().unique()))
    return Pooling(POOLED if pools else ALIGNED, pools)


def flexible_pooling(place: Place) -> Pooling:
    """Everything a live session may open: all pools, and what ring-fences bar."""
    return Pooling("flexible", standing_pooling(place).pools, flexible=True)


def coalition_pooling() -> Pooling:
    """The aligned place with shared money that can be opened to some of its partners."""
    return Pooling("coalitions", coalitions=True)


DIRECT = "direct"


@dataclass(frozen=True)
class Contribution:
    """What one row of contributions lets a stream do in its years."""

    maximum: float | None
    stays_in_area: bool


class Conditions:
    """The conditions of a place's money under one pooling.

    Amounts do not count here: a stream without funding may still be allowed to
    pay. A pool counts where the stream may contribute in any year.

    Parameters
    ----------
    place : Place
        The place.
    pooling : Pooling, str or sequence of str
        ``"aligned"``, ``"pooled"``, ``"freed"``, or pools by name.

    Raises
    ------
    WrongArgument
        If a pool is named that the place does not have.
    """

    def __init__(self, place: Place, pooling: Pooling | str | Sequence[str] = POOLED) -> None:
        self.geography = Geography.of(place)
        opened = pooling if isinstance(pooling, Pooling) else read_pooling(place, pooling)
        self.freed, self.pools = opened.freed, opened.pools
        streams = each_row(place.filled("streams"))
        self._streams = {row.stream: row for row in streams if not is_blank(row.stream)}
        self._fences = purposes_by(place, "ring_fences", "stream")
        self._pool_purposes = purposes_by(place, "pool_purposes", "pool")
        self._contributions = _contributions(place)
        self._today = {} if self.freed else _paid_today(place)
        self._capitalisations = _capitalisations(place, self.pools)
        self._shared = _sharers(place)
        self._ends, self._years, self._before = Successions.of(place), place.years, roots(place)

    def routes(self, stream: str, line: Line) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Open routes from a stream to a line, and why the others are closed.

        Returns
        -------
        routes : tuple of str
            ``"direct"``, keys of pools, or ``"freed"``.
        reasons : tuple of str
            One for each closed route, or one for all of them.
        """
        kind = self._kind_of_money(stream, line)
        if kind:
            return (), (kind,)
        if self.freed:
            return (FREED,), ()
        fence = self._ring_fence(stream, line)
        if fence:
            return (), (fence,)
        closed = {DIRECT: self._direct(stream, line)}
        closed |= {pool: self._pool(stream, pool, line) for pool in self._pools(stream, line)}
        routes = tuple(route for route, reason in closed.items() if not reason)
        reasons = tuple(f"{route}: {reason}" for route, reason in closed.items() if reason)
        return routes, reasons

    def fence(self, stream: str) -> frozenset[str] | None:
        """Purposes a stream is ring-fenced to; None: any."""
        return self._fences.get(stream)

    def purposes(self, pool: str) -> frozenset[str] | None:
        """Purposes a pool may pay for; None: any."""
        return self._pool_purposes.get(pool)

    def _pools(self, stream: str, line: Line) -> tuple[str, ...]:
        """Pools that are open; and closed ones, for what they pay today for other agencies."""
        if self._commissions(self._streams[stream].agency, line):
            return self.pools
        first = self._before.get(stream, stream)
        paying = self._today.get((first, line.commissioner, line.purpose), frozenset())
        return tuple(sorted(paying.union(self.pools)))

    def _kind_of_money(self, stream: str, line: Line) -> str:
        if self._streams[stream].kind != "capital" or line.kind == "capital":
            return ""
        if any(picks(subject, line, self.geography) for subject in self._capitalisations):
            return ""
        return (
            f"{stream} is capital money and {line.service} a revenue service; "
            "no capitalisation rule takes it in"
        )

    def _ring_fence(self, stream: str, line: Line) -> str:
        fence = self.fence(stream)
        if fence is None or line.purpose in fence:
            return ""
        return (
            f"{stream} is ring-fenced to {', '.join(sorted(fence))}; "
            f"{line.service} is for {line.purpose}"
        )

    def _direct(self, stream: str, line: Line) -> str:
        agency = self._streams[stream].agency
        if any(line.service in self._shared.get(who, ()) for who in self._ends.names_of(agency)):
            return ""
        if not self._commissions(agency, line):
            return f"{line.service} is commissioned by {line.commissioner}, {stream} is {agency}'s"
        if line.commissioner not in self._ends.ended:
            return self._outside(agency, line)
        pays = self._ends.pays_itself
        if any(pays(agency, line.commissioner, line.area, year) for year in self._years):
            return ""
        return self._outside(agency, line)

    def _commissions(self, agency: str, line: Line) -> bool:
        """Whether an agency commissions a line, in some year at least."""
        if line.commissioner not in self._ends.ended:
            return agency == line.commissioner
        held = (self._ends.in_area(line.commissioner, line.area, year) for year in self._years)
        return any(agency in who for who in held)

    def _outside(self, agency: str, line: Line) -> str:
        if self._ends.at_home(agency, line.area):
            return ""
        where = listed(self._ends.home(agency))
        return f"{line.area} lies outside the territory of {agency} ({where})"

    def _pool(self, stream: str, pool: str, line: Line) -> str:
        rows = self._contributions.get((pool, stream), ())
        if not rows:
            return f"{stream} may not contribute to it"
        purposes = self.purposes(pool)
        if purposes is not None and line.purpose not in purposes:
            return f"it pays for {', '.join(sorted(purposes))} only, not for {line.purpose}"
        payable = [row for row in rows if row.maximum is None or row.maximum > 0]
        if not payable:
            return f"the most {stream} may contribute is 0"
        outside = self._outside(str(self._streams[stream].agency), line)
        if outside and all(row.stays_in_area for row in payable):
            return f"the money stays in its agency's territory, and {outside}"
        return ""


def shared_by(place: Place, agency: str) -> frozenset[str]:
    """Services that an agency shares as a member, so that its own money may pay for them.

    Examples
    --------
    >>> import placebudget as pb
    >>> sorted(shared_by(pb.example("toy_pooling"), "council"))
    []
    """
    return _sharers(place).get(agency, frozenset())


@once
def _sharers(place: Place) -> dict[str, frozenset[str]]:
    service = dict(zip(place.offers["offer"], place.offers["service"], strict=True))
    commissioner = dict(zip(place.services["service"], place.services["commissioner"], strict=True))
    found: dict[str, set[str]] = {}
    for row in each_row(place.shared_services):
        member, shared = commissioner.get(service.get(row.offer)), service.get(row.shared_offer)
        if not (is_blank(member) or is_blank(shared)):
            found.setdefault(str(member), set()).add(str(shared))
    return {agency: frozenset(services) for agency, services in found.items()}


def _paid_today(place: Place) -> dict[tuple[str, str, str], frozenset[str]]:
    """Pools by which a stream pays today for a purpose of an agency that commissions."""
    services = {row.service: row for row in each_row(place.services)}
    found: dict[tuple[str, str, str], set[str]] = {}
    for row in each_row(place.filled("today")):
        service = services.get(row.service)
        if service is not None and not is_blank(row.pool) and row.amount > 0:
            key = (row.stream, service.commissioner, service.purpose)
            found.setdefault(key, set()).add(row.pool)
    return {key: frozenset(pools) for key, pools in found.items()}


def purposes_by(place: Place, table: str, key: str) -> dict[str, frozenset[str]]:
    """The purposes that a table names for each stream or pool; those it does not name have any."""
    rows = place.tables[table]
    purposes: dict[str, set[str]] = {}
    for name, purpose in zip(rows[key].tolist(), rows["purpose"].tolist(), strict=True):
        if not is_blank(name) and not is_blank(purpose):
            purposes.setdefault(name, set()).add(purpose)
    return {name: frozenset(held) for name, held in purposes.items()}


def _contributions(place: Place) -> dict[tuple[str, str], list[Contribution]]:
    """Rows that hold in some year: one with a blank year falls away where all have their own."""
    rows: dict[tuple[str, str], list[Any]] = {}
    for row in each_row(place.filled("contributions")):
        if not is_blank(row.pool) and not is_blank(row.stream):
            rows.setdefault((row.pool, row.stream), []).append(row)
    return {
        key: [
            Contribution(_or_none(row.maximum), row.stays_in_area)
            for row in held
            if not (is_blank(row.year) and set(place.years) <= {other.year for other in held})
        ]
        for key, held in rows.items()
    }


def _or_none(value: Any) -> Any:
    return None if is_blank(value) else value


def _capitalisations(place: Place, pools: Sequence[str]) -> list[Subject]:
    subjects: list[Subject] = []
    for text in rules_that(place.rules, lambda kind: kind.directed)["subject"]:
        try:
            subject = parse_subject(text)
        except WrongArgument:
            continue
        # A rule about pools that are closed falls away with them.
        if "pool" not in subject or set(subject["pool"]) & set(pools):
            subjects.append(subject)
    return subjects


# --- reach ----------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """The answer to whether money can get from a stream to a service.

    Parameters
    ----------
    ok : bool
        Whether there is any route.
    routes : tuple of str
        Open routes: ``"direct"``, keys of pools, or ``"freed"``.
    reasons : tuple of str
        What closes the other routes.
    """

    ok: bool
    routes: tuple[str, ...]
    reasons: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        if self.ok:
            return f"yes: {', '.join(self.routes)}"
        return f"no: {'; '.join(self.reasons)}"


def reach(
    place: Place,
    stream: str,
    service: str,
    area: str | None = None,
    pooling: str | Sequence[str] = POOLED,
) -> Reach:
    """Whether money of a stream can pay for a service in an area.

    Conditions count, amounts do not.

    Parameters
    ----------
    place : Place
        The place.
    stream, service : str
        Keys.
    area : str, optional
        An area in which the service has an offer, one below it (then the offer
        above serves it), or one above (then any offer within counts). Default:
        anywhere in the place.
    pooling : str or sequence of str
        ``"aligned"``, ``"pooled"``, ``"freed"``, or pools by name.

    Returns
    -------
    Reach
        The open routes, and what closes the others.

    Raises
    ------
    WrongArgument
        If the place has no such stream, service, area or pool.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> print(place.reach("council_money", "home_care"))
    yes: one_pool
    >>> print(place.reach("nhs_money", "policing"))
    no: nhs_money is ring-fenced to home_care; policing is for policing
    """
    with Arguments() as asked:
        conditions = asked.read(Conditions, place, pooling)
        asked.read(known_key, "stream", stream, place.streams["stream"])
        asked.read(known_key, "service", service, place.services["service"])
        if area is not None:
            asked.read(known_key, "area", area, Geography.of(place).areas)
    lines = [
        line
        for line in lines_of(place, conditions.geography)
        if line.service == service and _serves(line, area, conditions)
    ]
    if not lines:
        where = "" if area is None else f" in {area}"
        return Reach(False, (), (f"{service} has no offer{where}",))
    found = [conditions.routes(stream, line) for line in lines]
    routes = _distinct(route for opened, _ in found for route in opened)
    reasons = _distinct(reason for _, closed in found for reason in closed)
    return Reach(bool(routes), routes, reasons)


def _serves(line: Line, area: str | None, conditions: Conditions) -> bool:
    tree = conditions.geography
    return area is None or tree.is_within(line.area, area) or tree.is_within(area, line.area)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


# Services without any effect keep today's money: a rule that no row has to ask for.
#
# A plan sees no use in a service of which nothing is known, and would spend its money
# elsewhere. So a place asks for a lock on such services, unless its setting
# ``without_effects`` is ``free``. A lock of the place's own says how near to today a service
# stays, and stands in its stead, as does a floor at just its money today, such as that of a debt;
# a service led by need follows its need, and what members share
# is as much as they take.

_KEY = "without_effects"


@once
def kept_services(place: Place) -> tuple[str, ...]:
    """Services that keep today's money because nothing is known of their effects, sorted.

    Examples
    --------
    >>> import placebudget as pb
    >>> kept_services(pb.example("toy_pooling"))
    ()
    """
    if place.settings.without_effects != KEEP:
        return ()
    known = set(place.effects["service"]).union(led_by_need(place), *_sharers(place).values())
    geography, rules = Geography.of(place), place.rules
    lines = [line for line in lines_of(place, geography) if line.service not in known]
    if not lines:
        return ()
    locks = [parse_subject(text) for text in rules.loc[rules["kind"] == "lock", "subject"]]
    locked = {line.service for line in lines for lock in locks if picks(lock, line, geography)}
    return tuple(sorted({line.service for line in lines} - locked - floored_as_today(place)))


def money_today(place: Place) -> dict[str, float]:
    """What is paid today for each service, in pounds, whoever pays it.

    Examples
    --------
    >>> import placebudget as pb
    >>> money_today(pb.example("toy_pooling"))
    {'family_support': 25000000.0, 'home_care': 50000000.0, 'policing': 15000000.0}
    """
    paid: dict[str, float] = place.today.groupby("service")["amount"].sum().to_dict()
    return paid


def floored_as_today(place: Place) -> set[str]:
    """Services of which a floor of their own asks for just their money today."""
    floors = rules_that(place.rules, lambda kind: kind.least and kind.unit == "pounds")
    if floors.empty:
        return set()
    least = floors[floors["year"].isna()].groupby("subject")["amount"].max()
    return {
        key for key, now in money_today(place).items() if least.get(f"service={key}") == now > 0
    }


def kept_rule(place: Place) -> dict[str, Any] | None:
    """The lock that keeps them, as a row of the table rules; None where there are none."""
    services = kept_services(place)
    if not services:
        return None
    key, taken = _KEY, set(place.rules["rule"])
    while key in taken:
        key += "_"
    subject = write_subject({"service": services})
    return {
        "rule": key, "kind": "lock", "subject": subject, "amount": 0.0, "basis": "assumption",
        "implied": True,
    }  # fmt: skip


@once
def rules_in_force(place: Place) -> pd.DataFrame:
    """The rules of a place with defaults, and the lock on services without effects.

    A column ``implied`` says which no row of the place asks for.
    """
    rules, kept = place.filled("rules").assign(implied=False), kept_rule(place)
    if kept is None:
        return rules
    rows = [*rules.astype(object).to_dict("records"), kept]
    return pd.DataFrame(rows, columns=rules.columns).astype(rules.dtypes.to_dict())


def services_by_role(place: Place) -> dict[str, set[str]]:
    """Services of which an offer needs people of a role.

    Examples
    --------
    >>> import placebudget as pb
    >>> services_by_role(pb.example("northvale"))
    {}
    """
    rows = place.staffing.merge(place.offers[["offer", "service"]], on="offer")
    found: dict[str, set[str]] = rows.groupby("role")["service"].agg(set).to_dict()
    return found


# What a row of services says of law and of studies.


@once
def duties_without_floor(place: Place) -> dict[str, tuple[str, ...]]:
    """Services by the duty in law they name, which neither a floor nor their need keeps up.

    Examples
    --------
    >>> import placebudget as pb
    >>> duties_without_floor(pb.example("northvale"))
    {}
    """
    kept = led_by_need(place).union(*(services for _, services in _floors(place)))
    rows = place.services[place.services["duty"].notna() & ~place.services["service"].isin(kept)]
    return {str(duty): tuple(mine) for duty, mine in rows.groupby("duty", sort=False)["service"]}


@once
def duties_at_assumed_floor(place: Place) -> dict[str, tuple[str, ...]]:
    """Services that only floors in law with an assumed level keep up, by duty.

    The duty that a service names, or else the law that its floor refers to.

    Examples
    --------
    >>> import placebudget as pb
    >>> sorted(duties_at_assumed_floor(pb.example("northvale")).values())
    [('homelessness_prevention',), ('roads_and_libraries',)]
    """
    duty = place.services.set_index("service")["duty"]
    known, assumed = set(led_by_need(place)), dict[str, Any]()
    for rule, services in _floors(place):
        if not level_assumed(rule):
            known |= services
        elif rule["basis"] == "law":
            law = rule["reference"]
            assumed |= {each: law if is_blank(duty[each]) else duty[each] for each in services}
    found = {law: dict[str, None]() for law in assumed.values() if not is_blank(law)}
    for service in place.services["service"]:
        if service not in known and assumed.get(service) in found:
            found[assumed[service]][service] = None
    return {law: tuple(services) for law, services in found.items() if services}


@once
def duties_entered(place: Place) -> frozenset[str]:
    """Duties in law that services name, or floors under them.

    Examples
    --------
    >>> import placebudget as pb
    >>> len(duties_entered(pb.example("northvale")))
    3
    """
    named = set(place.services["duty"].dropna())
    for rule, _ in _floors(place):
        if rule["basis"] == "law" and not is_blank(rule["reference"]):
            named |= set(str(rule["reference"]).split("; "))
    return frozenset(named)


def _floors(place: Place) -> Iterator[tuple[pd.Series, set[str]]]:
    """Rules that keep services up, and which."""
    geography = Geography.of(place)
    lines = lines_of(place, geography)
    for _, rule in rules_that(place.rules, lambda kind: kind.protects).iterrows():
        subject = parse_subject(rule["subject"])
        yield rule, {line.service for line in lines if picks(subject, line, geography)}


@once
def no_difference_found(place: Place) -> dict[str, str]:
    """The source whose studies found no difference by a service, by service that names one."""
    rows = place.services[place.services["no_difference"].notna()]
    return dict(zip(rows["service"], rows["no_difference"].astype(str), strict=True))
