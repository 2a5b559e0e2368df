"""A place's programme written a second time, from the pages on mathematics and file format alone.

Nothing of the package's programme is used: tables with their defaults in, one number out. It has a
class for each stream, loops for sums, and PuLP's expressions for rows; steps of returns stand in
order wherever an equity floor works on them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any

import pulp

from placebudget.place import Place

Row = dict[str, Any]
_HEADS = 1e6
_FREE = "one pool of free money"
_HEALTH, _BOOK = ((10**4, 0.015),), ((30, 0.035), (75, 0.03), (10**4, 0.025))


def blank(value: Any) -> bool:
    return value is None or value != value or value == ""


def start(year: str) -> int:
    return int(year[:4])


def zero() -> Any:
    """A sum of nothing, to add to."""
    return pulp.lpSum([])


def named(first: int) -> str:
    return f"{first}-{(first + 1) % 100:02d}"


def named_year(years: Iterable[str], at: int) -> str:
    """A year by its number; the years go on."""
    return named(start(next(iter(years))) + at)


class Rebuilt:
    """One place under one pooling, for one objective."""

    def __init__(
        self,
        place: Place,
        pooling: str,
        objective: str,
        *,
        reinvest: float = 0.0,
        marks: dict[str, tuple[float, float]] | None = None,
        short: bool = False,
    ) -> None:
        """Where money is short, need may go unmet, and capacity be given up too fast."""
        self.rows = {name: self._table(place, name) for name in place.tables}
        self.settings, self.pooling, self.reinvest = place.settings, pooling, reinvest
        self._uprate()
        self._gates()
        self.years = list(place.years)
        self.marks, self.short = marks or {}, short
        self.problem = pulp.LpProblem("rebuilt", pulp.LpMaximize)
        self.scale = 1.0
        self._variables = 0
        self._geography()
        self._horizon()
        self._succeed()
        self._today()
        self._units()
        self._outcomes()
        self._avoid()
        self._rewards()
        self._loans()
        self._money()
        for rule in self.rows["rules"]:
            self._rule(rule)
        self.can_be_met = not short or self._least_short()
        self._keep()
        # A solver tells no figure of a few millionths from nothing.
        self.scale = _HEADS if objective == "worst-off area" else 1.0
        self.problem.setObjective(self._objective(objective))

    def _gates(self) -> None:
        """Nothing before the review; then all, or what is released although it is not passed."""
        last = len(self.settings.years)
        for row in self.rows["gateways"]:
            offer = self.row_of("offers", offer=row["offer"])
            share = 1.0 if row["passed"] else row["released"]
            opens = self.settings.years.index(row["year"]) if share else last
            own = offer["first_year"]
            before = own if isinstance(own, int) else self.settings.years.index(own) if own else 0
            offer["first_year"] = named_year(self.settings.years, max(before, opens))
            if offer["capacity"] is not None and share:
                offer["capacity"] *= share

    @staticmethod
    def _table(place: Place, name: str) -> list[Row]:
        frame = place.filled(name)
        return [
            {key: None if blank(cell) else cell for key, cell in row.items()}
            for row in frame.astype(object).to_dict("records")
        ]

    def best(self, solver: Any = None) -> float | None:
        """The largest value by a solver of PuLP; None where not everything can be kept."""
        if not self.can_be_met:
            return None
        done = self.problem.solve(solver or pulp.getSolver("HiGHS", msg=False))
        status = getattr(done, "status", None)
        if not (self.problem.status == 1 if status is None else status.name == "Optimal"):
            return None
        return float(pulp.value(self.problem.objective) or 0.0) / self.scale

    # --- small tools --------------------------------------------------------------------

    def new(self, upper: float | None = None, *, least: float = 0.0, whole: bool = False) -> Any:
        self._variables += 1
        upper = None if upper is None or math.isinf(upper) else upper
        kind = pulp.LpInteger if whole else pulp.LpContinuous
        return self.problem.add_variable(f"v{self._variables}", least, upper, kind)

    def hold(self, expression: Any, sense: str, right: float = 0.0) -> None:
        rest = expression + zero() - right
        self.problem.addConstraint({"=": rest == 0, "<=": rest <= 0, ">=": rest >= 0}[sense])

    def row_of(self, table: str, **keys: Any) -> Row:
        return next(r for r in self.rows[table] if all(r[k] == v for k, v in keys.items()))

    def of_year(self, rows: Iterable[Row], year: str) -> Row | None:
        """A row of its own year before the row with a blank year."""
        found = list(rows)
        own = [r for r in found if r["year"] == year]
        return (own or [r for r in found if r["year"] is None] or [None])[0]

    # --- given ----------------------------------------------------------------------------

    def _geography(self) -> None:
        areas = self.rows["areas"]
        self.parent = {r["area"]: r["parent"] for r in areas} or {"": None}
        self.top = next(area for area, parent in self.parent.items() if parent is None)
        self.people = {r["area"]: r["population"] for r in areas if r["population"] is not None}
        self.tier = {r["area"]: r["tier"] for r in areas}

    def area(self, cell: Any) -> str:
        return self.top if cell is None else str(cell)

    def up(self, area: str | None) -> list[str]:
        """The area and all above it."""
        found = []
        while area is not None:
            found.append(area)
            area = self.parent[area]
        return found

    def _horizon(self) -> None:
        effects = self.rows["effects"]
        longest = max((e["lag"] + e["duration"] for e in effects), default=1)
        count = len(self.years) + max(longest, 1) - 1
        if self.settings.appraisal_years is not None:
            count = max(int(self.settings.appraisal_years), len(self.years))
        first = start(self.years[0])
        self.appraisal = [named(first + n) for n in range(count)]
        self.discount = self._factors(self.settings.discount)
        self.own_discount = {
            row["outcome"]: self._factors(row["discount"] or self.settings.discount)
            for row in self.rows["outcomes"]
        }
        self.general = [self.level("general", year) for year in self.years]

    def _factors(self, given: Any) -> list[float]:
        """A name, a rate, or pairs of last year and rate; a cell holds a rate as text."""
        if isinstance(given, str) and "book" in given:
            pairs = _HEALTH if "health" in given else _BOOK
        else:
            pairs = tuple(given) if isinstance(given, tuple) else ((10**4, float(given)),)
        factors = [1.0]
        for t in range(1, len(self.appraisal)):
            rate = next((r for last, r in pairs if last >= t), pairs[-1][1])
            factors.append(factors[-1] / (1 + rate))
        return factors

    def level(self, index: str | None, year: str) -> float:
        rates = {r["year"]: r["rate"] for r in self.rows["inflation"] if r["index"] == index}
        if not rates:
            return 1.0
        base, at = start(self.settings.price_base), start(year)
        rise = math.prod(1 + rates[named(y)] for y in range(min(base, at) + 1, max(base, at) + 1))
        return rise if at >= base else 1 / rise

    def _uprate(self) -> None:
        """Amounts in prices of another year, brought to the price base."""
        amounts = {"offers": ("unit_cost", "set_up_cost", "leaving_cost"), "savings": ("value",),
                   "outcomes": ("economic_value", "social_value")}  # fmt: skip
        for table, names in amounts.items():
            for row in self.rows[table]:
                if row["price_year"] is not None:
                    for name in names:
                        row[name] /= self.level("general", row["price_year"])

        for row in self.rows["personal_budgets"]:
            offer = self.row_of("offers", offer=row["offer"])
            advice = row["advice"]
            if offer["price_year"] is not None:
                advice /= self.level("general", offer["price_year"])
            offer["unit_cost"] *= (1 - row["saving"]) * (1 - row["recovered"])
            offer["unit_cost"] += advice

    def funded(self, stream: str, year: str) -> float:
        rows = [r for r in self.rows["funding"] if (r["stream"], r["year"]) == (stream, year)]
        return float(rows[0]["amount"]) if rows else 0.0

    def holding(self, agency: str, year: str) -> dict[str, float]:
        """Who holds in a year what an agency held, and how much of it."""
        ends = [r for r in self.rows["successions"] if r["agency"] == agency and r["year"] <= year]
        found = {} if ends else {agency: 1.0}
        for row in ends:
            for who, share in self.holding(row["successor"], year).items():
                found[who] = found.get(who, 0.0) + row["share"] * share
        return found

    def holding_at(self, agency: str, where: str, year: str) -> dict[str, float]:
        """The same of what lies in an area, where somebody has ended."""
        found = self.holding(agency, year)
        if agency not in found:
            found = {
                who: share for who, share in found.items()
                if any(home in self.up(where) or where in self.up(home) for home in self.homes(who))
            }  # fmt: skip
        whole = sum(found.values())
        return {who: share / whole for who, share in found.items()}

    def homes(self, agency: str) -> list[str]:
        """Where an agency is at home; without an area where those were that it took over whole."""
        area = self.row_of("agencies", agency=agency)["area"]
        rows = [r for r in self.rows["successions"] if r["successor"] == agency]
        whole = [home for r in rows if r["share"] == 1 for home in self.homes(r["agency"])]
        return [self.area(area)] if area is not None or not whole else whole

    def _succeed(self) -> None:
        """Streams of who ends, gone on with by each successor: money, fences and pools."""
        self.went: dict[tuple[str, str], str] = {}
        shared: dict[str, Row] = {}
        for stream in list(self.rows["streams"]):
            for year in self.years:
                for who in self.holding(stream["agency"], year):
                    if who != stream["agency"] and (stream["stream"], who) not in self.went:
                        name = f"{stream['stream']} of {who}"
                        self.went[stream["stream"], who] = name
                        more = {"stream": name, "agency": who, "continues": stream["stream"]}
                        self.rows["streams"].append({**stream, **more})
                        self.rows["ring_fences"] += [
                            {**r, "stream": name} for r in self.rows["ring_fences"]
                            if r["stream"] == stream["stream"]
                        ]  # fmt: skip
                        shared[stream["stream"]] = stream
        for name, stream in shared.items():
            own = [r for r in self.rows["contributions"] if r["stream"] == name]
            paid = {
                (pool, year): self.of_year([r for r in own if r["pool"] == pool], year)
                for pool in {r["pool"] for r in own} for year in self.years
            }  # fmt: skip
            rest = [r for r in self.rows["contributions"] if r["stream"] != name]
            self.rows["contributions"] = rest
            for year in self.years:
                held = self.holding(stream["agency"], year)
                had = [r for r in self.rows["funding"] if (r["stream"], r["year"]) == (name, year)]
                amount = had[0]["amount"] if had else 0.0
                for who, share in held.items():
                    key = self.went.get((name, who), name)
                    if key != name:
                        self.rows["funding"].append(
                            {"stream": key, "year": year, "amount": share * amount}
                        )
                    for (pool, when), row in paid.items():
                        if when == year and row is not None and not self._one_body(pool, year):
                            limits = {
                                side: row[side] if row[side] is None else share * row[side]
                                for side in ("minimum", "maximum")
                            }
                            more = {**row, **limits, "year": year, "stream": key}
                            self.rows["contributions"].append(more)
                if stream["agency"] not in held and had:
                    had[0]["amount"] = 0.0

    def _one_body(self, pool: str, year: str) -> bool:
        """Whether a pool is between parts of one body that has taken over."""
        whose = {r["stream"]: r["agency"] for r in self.rows["streams"]}
        all_rows = [r for r in self.rows["contributions"] if r["pool"] == pool]
        served = [r["purpose"] for r in self.rows["pool_purposes"] if r["pool"] == pool]
        members = {whose[r["stream"]] for r in all_rows}
        members |= {
            r["commissioner"] for r in self.rows["services"]
            if not served or r["purpose"] in served
        }  # fmt: skip
        now = {who for each in members for who in self.holding(each, year)}
        return len(now) == 1 and len(members) > 1

    def _goes_on(self, paid: Row, base: float) -> list[Row]:
        """What streams pay that go on from the one that pays today: as they have money."""
        whose = {r["stream"]: r["agency"] for r in self.rows["streams"]}
        found = []
        for stream in self.rows["streams"]:
            root = stream["continues"]
            while root and (more := self.row_of("streams", stream=root)["continues"]):
                root = more
            if root != paid["stream"]:
                continue
            amounts, pools = list[float](), list[Any]()
            for year in self.years:
                ended = any(r["agency"] == whose[root] for r in self.rows["successions"])

                def part(row: Row, year: str = year, stream: Row = stream) -> float:
                    where, by = self.area(row["area"]), whose[row["stream"]]
                    return self.holding_at(by, where, year).get(stream["agency"], 0.0)

                alike = [
                    r for r in self.rows["today"] if r["stream"] == root and not r.get("later")
                ]
                whole = sum(r["amount"] for r in alike)
                there = sum(r["amount"] * (part(r) if ended else 1.0) for r in alike)
                mine = paid["amount"] * (part(paid) if ended else 1.0)
                grown = self.funded(stream["stream"], year) / base if base else 0.0
                amounts.append(mine * whole / there * grown if there else 0.0)
                row = paid["pool"] and self._contribution(paid["pool"], stream, year)
                pools.append(paid["pool"] if row else None)
            for pool in dict.fromkeys(pools):
                by_year = [a if p == pool else 0.0 for a, p in zip(amounts, pools, strict=True)]
                found.append({
                    **paid, "stream": stream["stream"], "amount": 0.0, "pool": pool,
                    "amounts": by_year, "later": True,
                })  # fmt: skip
        return found

    def _today(self) -> None:
        """Rows of today's money, each with its line, its offer and its amounts by year."""
        funding = self.rows["funding"]
        for row in list(self.rows["today"]):
            now = [
                r
                for r in funding
                if (r["stream"], r["year"]) == (row["stream"], self.settings.today_year)
            ]
            base = now[0]["amount"] if now else self.funded(row["stream"], self.years[0])
            row["line"] = (row["service"], self.area(row["area"]))
            row["amounts"] = [
                row["amount"] * self.funded(row["stream"], year) / base if base else 0.0
                for year in self.years
            ]
            offers = [
                o["offer"]
                for o in self.rows["offers"]
                if (o["service"], self.area(o["area"])) == row["line"]
            ]
            row["buys"] = row["offer"] or (offers[0] if len(offers) == 1 else None)
            self.rows["today"] += self._goes_on(row, base)

    # --- what money buys -------------------------------------------------------------------

    def _units(self) -> None:
        self.offers = self.rows["offers"]
        for offer in self.offers:
            offer["line"] = (offer["service"], self.area(offer["area"]))
        self.lines = sorted({offer["line"] for offer in self.offers})
        self._need_today()
        self.bought: dict[tuple[str, int], Any] = {}
        self.paid: dict[tuple[str, int], Any] = {}
        self.cost: dict[tuple[str, int], Any] = {}
        self.runs: dict[tuple[str, int], Any] = {}
        for offer in self.offers:
            self._offer(offer)
        for choice in dict.fromkeys(row["choice"] for row in self.rows["choices"]):
            self._choose(choice)
        for shared in dict.fromkeys(row["shared_offer"] for row in self.rows["shared_services"]):
            self._share(shared)
        for service in dict.fromkeys(row["service"] for row in self.rows["levels"]):
            self._at_one_level(service)
        self.steps: dict[tuple[tuple[str, str], int, int], tuple[float, Any]] = {}
        for line in self.lines:
            for t in range(len(self.years)):
                self._line(line, t)

    def _offer(self, offer: Row) -> None:
        name, opens = offer["offer"], offer["first_year"] or self.years[0]
        capacity = math.inf if offer["capacity"] is None else offer["capacity"]
        in_use = any(r["buys"] == name and r["amount"] > 0 for r in self.rows["today"])
        chosen = any(row["offer"] == name for row in self.rows["choices"])
        chosen |= any(row["service"] == offer["service"] for row in self.rows["levels"])
        chosen |= any(
            name in (row["offer"], row["shared_offer"]) for row in self.rows["shared_services"]
        )
        in_lots = offer["set_up_cost"] > 0 or offer["smallest_lot"] > 0
        must_start = in_lots and not in_use
        starts: list[Any] = []
        for t, year in enumerate(self.years):
            is_open = year >= opens
            level = self.level(offer["index"], year)
            bought = self.new(capacity if is_open else 0.0)
            self.bought[name, t] = bought
            self.paid[name, t] = bought if offer["release"] is None else self.new()
            self.cost[name, t] = offer["unit_cost"] * level * self.paid[name, t] + zero()
            if not (in_lots or chosen):
                continue
            starts.append(self.new(float(is_open and must_start), whole=True))
            running = self.runs[name, t] = self.new(float(is_open), whole=True)
            self.cost[name, t] += offer["set_up_cost"] * level * starts[-1]
            # One that runs no longer has been left: 1 is 1 less what runs of what ran.
            ran = self.runs[name, t - 1] if t else float(in_use)
            if offer["leaving_cost"] and (t or in_use):
                gone = self.new(1.0, whole=True)
                self.hold(gone - ran + running, ">=")
                self.hold(gone - ran, "<=")
                self.hold(gone + running, "<=", 1.0)
                self.cost[name, t] += offer["leaving_cost"] * level * gone
            if must_start:
                self.hold(running - pulp.lpSum(starts), "<=")
            self.hold(bought - offer["smallest_lot"] * running, ">=")
            # Any bound that nothing reaches will do: all the money there is, many times over.
            purse = 3 * sum(f["amount"] for f in self.rows["funding"])
            self.hold(bought - min(capacity, purse / offer["unit_cost"]) * running, "<=")
        if must_start:
            self.hold(pulp.lpSum(starts), "<=", 1.0)

    def _choose(self, choice: str) -> None:
        """Of the offers of a choice one runs, or at most one, while any of them is open."""
        rows = [row for row in self.rows["choices"] if row["choice"] == choice]
        opens = [self.row_of("offers", offer=row["offer"])["first_year"] for row in rows]
        for t, year in enumerate(self.years):
            if year >= min(first or self.years[0] for first in opens):
                running = pulp.lpSum([self.runs[row["offer"], t] for row in rows])
                self.hold(running, "<=", 1.0)
                if rows[0]["rule"] == "exactly_one":
                    self.hold(running, ">=", 1.0)

    def _share(self, shared: str) -> None:
        """It runs with enough members and gives what they take; they only with it, in notice."""
        rows = [row for row in self.rows["shared_services"] if row["shared_offer"] == shared]
        lot = self.row_of("offers", offer=shared)["smallest_lot"]
        years = range(len(self.years))
        for t in years:
            whole, joined = self.runs[shared, t], [self.runs[row["offer"], t] for row in rows]
            for each in joined:
                self.hold(each - whole, "<=")
            self.hold(pulp.lpSum(joined) - rows[0]["least_members"] * whole, ">=")
            taken = [row["takes"] * self.runs[row["offer"], t] for row in rows]
            self.hold(self.bought[shared, t] - lot * whole - pulp.lpSum(taken), ">=")
        for row in rows:
            name, notice = row["offer"], row["notice_years"]
            in_use = any(r["buys"] == name and r["amount"] > 0 for r in self.rows["today"])
            for t, u in itertools.product(years, years):
                before = self.runs[name, t - 1] if t else float(in_use)
                if t < u < t + notice:
                    self.hold(self.runs[name, u] - self.runs[name, t] + before, ">=")
                if in_use and u < notice:
                    self.hold(self.runs[name, u] + zero(), ">=", 1.0)

    def _at_one_level(self, service: str) -> None:
        """One of its levels for all years; what runs there opens it, at its overhead."""
        rows = [row for row in self.rows["levels"] if row["service"] == service]
        opened = [self.new(1.0, whole=True) for _ in rows]
        self.hold(pulp.lpSum(opened), "<=", 1.0)
        for row, level in zip(rows, opened, strict=True):
            lines = [line for line in self.lines if self._level(line) is row]
            mine = [offer["offer"] for line in lines for offer in self._of(line)]
            runs = [self.runs[name, t] for name in mine for t in range(len(self.years))]
            for run in runs:
                self.hold(run - level, "<=")
            self.hold(level - pulp.lpSum(runs), "<=")
            for line, (t, year) in itertools.product(lines, enumerate(self.years)):
                first = min(offer["offer"] for offer in self._of(line))
                self.cost[first, t] += row["overhead"] * self.level("general", year) * level

    def _level(self, line: tuple[str, str]) -> Row | None:
        """The row of levels at which a line stands; none where its service has none."""
        tiers = [row["tier"] for row in self.rows["areas"] if row["area"] == line[1]]
        rows = self.rows["levels"]
        return next((r for r in rows if r["service"] == line[0] and [r["tier"]] == tiers), None)

    def _serves(self, line: tuple[str, str], where: str) -> bool:
        """Whether need of an area is the line's: of the nearest, or of each with a level."""
        up = [each for each in self.up(where) if (line[0], each) in self.lines]
        levelled = any(row["service"] == line[0] for row in self.rows["levels"])
        return line[1] in (up if levelled else up[:1])

    def _given(self, line: tuple[str, str], year: str) -> float | None:
        """Need of a line by the tables; None where they have none."""
        service = line[0]
        of_area: dict[str, list[Row]] = {}
        for row in self.rows["needs"]:
            if row["service"] == service:
                of_area.setdefault(self.area(row["area"]), []).append(row)
        needs = []
        for where, rows in of_area.items():
            row = self.of_year(rows, year)
            if self._serves(line, where) and row is not None:
                needs.append(row["people"])
        for where in dict.fromkeys(self.area(row["area"]) for row in self.rows["cohorts"]):
            said = any(self.of_year(of_area.get(up, []), year) for up in self.up(where))
            if self._serves(line, where) and not said:
                needs += self._of_ages(service, where, year)
        per_person = self.row_of("services", service=service)["units_per_person"]
        return sum(needs) * per_person if needs else None

    def _of_ages(self, service: str, where: str, year: str) -> list[float]:
        """Need by bands of ages; none where some band is not known in the year."""
        found, at = [], int(year[:4])
        for row in self.rows["prevalence"]:
            if row["service"] != service:
                continue
            given = sorted(
                (int(each["year"][:4]), each["people"])
                for each in self.rows["cohorts"]
                if (self.area(each["area"]), each["band"]) == (where, row["band"])
            )
            if not given or not given[0][0] <= at <= given[-1][0]:
                return []
            people = next((many for then, many in given if then == at), None)
            if people is None:
                (before, few), (after, many) = next(
                    pair for pair in itertools.pairwise(given) if pair[0][0] < at < pair[1][0]
                )
                people = few * math.exp(math.log(many / few) * (at - before) / (after - before))
            since = at - int(self.years[0][:4])
            found.append(people * row["share"] * (1 + row["trend"]) ** since)
        return found

    def _of(self, line: tuple[str, str]) -> list[Row]:
        return [offer for offer in self.offers if offer["line"] == line]

    def _room(self, line: tuple[str, str]) -> float:
        mine = [offer["capacity"] for offer in self._of(line)]
        return math.inf if None in mine else sum(mine)

    def _need(self, line: tuple[str, str], t: int) -> float:
        """With what today's services avoid; after the last year as in it."""
        need = self._given(line, self.years[min(t, len(self.years) - 1)])
        return self._room(line) if need is None else need + self.added.get(line, 0.0)

    def _steps_of(self, line: tuple[str, str]) -> list[Row]:
        rows = [r for r in self.rows["returns"] if r["service"] == line[0]]
        steps = sorted(rows, key=lambda r: r["step"]) or [{"up_to": 1.0, "effectiveness": 1.0}]
        kept = 1.0 if (row := self._level(line)) is None else row["kept"]
        return [{**step, "effectiveness": kept * step["effectiveness"]} for step in steps]

    def _line(self, line: tuple[str, str], t: int) -> None:
        rows, made = self._steps_of(line), list[Any]()
        before, last, need = 0.0, 0.0, self._need(line, t)
        for k, step in enumerate(rows):
            width = (step["up_to"] - before) * need
            made.append(self.new(width))
            self.steps[line, k, t] = (step["effectiveness"], made[-1])
            before = step["up_to"]
            if k and self._compared(line[0]):
                full = self.new(1.0, whole=True)
                self.hold(made[-2] - last * full, ">=")
                self.hold(made[-1] - width * full, "<=")
            last = width
        met = [self.bought[o["offer"], t] for o in self._of(line)]
        if line in self.avoidable:
            self.avoided[line, t] = self.new()
            met.append(self.avoided[line, t])
        self.hold(pulp.lpSum(met) - pulp.lpSum(made), "=")
        if line in self.led:
            self.unmet[line, t] = self.new() if self.short else zero()
            self.hold(pulp.lpSum(made) + self.unmet[line, t], "=", need)

    def _compared(self, service: str) -> bool:
        """Whether the service works on an outcome with an equity floor."""
        floors = [r for r in self.rows["rules"] if r["kind"] == "equity_floor"]
        outcomes = {y for r in floors for y in self.subject(r)["outcome"]}
        return any(
            e["service"] == service and e["outcome"] in outcomes for e in self.rows["effects"]
        )

    # --- need that must be met, and need avoided --------------------------------------------

    def _need_today(self) -> None:
        """Who leads, whose need is avoided, and what today's services avoid of it."""
        self.led = {x for x in self.lines if self.service(x)["led_by"] == "need"}
        self.links: list[tuple[str, str, tuple[str, str], list[float]]] = []
        for row in self.rows["avoids"]:
            makers = {e["service"] for e in self.rows["effects"] if e["outcome"] == row["outcome"]}
            for area in sorted({x[1] for x in self.lines if x[0] in makers}):
                for line, parts in self._taken(row["service"], area).items():
                    units = [row["units"] * part for part in parts]
                    self.links.append((row["outcome"], area, line, units))
        self.avoidable = {line for _, _, line, _ in self.links}
        self.lasting = self.led & self.avoidable
        self.avoided: dict[tuple[tuple[str, str], int], Any] = {}
        self.unmet: dict[tuple[tuple[str, str], int], Any] = {}
        self.dropped: dict[tuple[str, int], Any] = {}
        self.today_units = dict.fromkeys((o["offer"] for o in self.offers), 0.0)
        self.brings: dict[tuple[str, str, int], float] = {}
        if self.links or any(o[c] is not None for o in self.offers for c in ("release", "build")):
            self._buy_today()
        if self.links:
            self._bring()
        self.added: dict[tuple[str, str], float] = {}
        self.brought: dict[tuple[tuple[str, str], int], float] = {}
        for y, area, line, units in self.links:
            now = units[0] * self.brings.get((y, area, 0), 0.0)
            self.added[line] = self.added.get(line, 0.0) + now
            for at in range(len(self.appraisal)):
                left = units[at] * self.brings.get((y, area, at + 1), 0.0)
                self.brought[line, at] = self.brought.get((line, at), 0.0) + left

    def _taken(self, service: str, area: str) -> dict[tuple[str, str], list[float]]:
        """Lines that an outcome in an area takes need from, with the part of each by year."""
        mine = [x for x in self.lines if x[0] == service]
        found = [x for x in mine if x[1] == area] or [x for x in mine if area in self.up(x[1])]
        found = found or [x for up in self.up(area) for x in mine if x[1] == up][:1]
        parts: dict[tuple[str, str], list[float]] = {x: [] for x in found}
        for at in range(len(self.appraisal)):
            year = self.years[min(at, len(self.years) - 1)]
            needs = {x: self._given(x, year) or 0.0 for x in found}
            for x in found:
                whole = sum(needs.values())
                parts[x].append(needs[x] / whole if whole else 1 / len(found))
        return parts

    def _buy_today(self) -> None:
        """Units that the money of today buys."""
        now, units = self.settings.today_year, self.today_units
        cost = {o["offer"]: o["unit_cost"] * self.level(o["index"], now) for o in self.offers}
        rest: dict[tuple[str, str], float] = {}
        for row in self.rows["today"]:
            if row["offer"]:
                units[row["offer"]] += row["amount"] / cost[row["offer"]]
            else:
                rest[row["line"]] = rest.get(row["line"], 0.0) + row["amount"]
        for line, money in rest.items():
            left, mine = money, self._of(line)
            for offer in sorted(mine, key=lambda o: (cost[o["offer"]], o["offer"])):
                name, room = offer["offer"], math.inf
                if len(mine) > 1 and offer["capacity"] is not None:
                    room = max(offer["capacity"] - units[name], 0.0)
                bought = min(left / cost[name], room)
                units[name] += bought
                left -= bought * cost[name]

    def _working(self, line: tuple[str, str]) -> float:
        """Today's units, weighted by the effectiveness of the steps they fill."""
        need = self._given(line, self.settings.today_year)
        need = self._given(line, self.years[0]) if need is None else need
        need = self._room(line) if need is None else need
        left, before, works = sum(self.today_units[o["offer"]] for o in self._of(line)), 0.0, 0.0
        for step in self._steps_of(line):
            taken = min(left, (step["up_to"] - before) * need)
            works += taken * step["effectiveness"]
            left, before = left - taken, step["up_to"]
        return works

    def _bring(self) -> None:
        """What today's units bring of outcomes that avoid need: now (0), and n - 1 years on."""
        avoiding = {y for y, _, _, _ in self.links}
        for effect in self.rows["effects"]:
            y, ends = effect["outcome"], effect["lag"] + effect["duration"]
            for line in self.lines if y in avoiding else ():
                if line[0] != effect["service"]:
                    continue
                unit = self._of_a_unit(effect) * self._working(line)
                for n in range(len(self.appraisal) + 1):
                    years = range(max(n, effect["lag"]), ends)
                    left = sum((1 - effect["drop_off"]) ** (j - effect["lag"]) for j in years)
                    key = (y, line[1], n)
                    self.brings[key] = self.brings.get(key, 0.0) + unit * left
        risks = [(r["outcome"], self.area(r["area"])) for r in self.rows["at_risk"]]
        for y, where in sorted(set(risks), key=lambda key: -len(self.up(key[1]))):
            rows = [
                r
                for r in self.rows["at_risk"]
                if (r["outcome"], self.area(r["area"])) == (y, where)
            ]
            for n in range(len(self.appraisal) + 1):
                row = self.of_year(rows, self.appraisal[max(n - 1, 0)])
                whole = self._within(self.brings, y, where, n)
                if row is not None and whole > row["most"]:
                    for key in self.brings:
                        if key[0] == y and key[2] == n and where in self.up(key[1]):
                            self.brings[key] *= row["most"] / whole

    def _within(self, made: dict[tuple[str, str, int], float], y: str, where: str, n: int) -> float:
        return sum(
            v for (of, g, at), v in made.items() if (of, at) == (y, n) and where in self.up(g)
        )

    def _avoid(self) -> None:
        """Need is avoided by what counts; capacity goes and comes only so fast."""
        spent, counts = range(len(self.years)), range(len(self.appraisal))
        after = counts[len(spent):]  # fmt: skip
        for line in self.lasting:
            for at in after:
                self.avoided[line, at] = self.new()
                for offer in self._of(line):
                    self.paid[offer["offer"], at] = self.new()
                paid = [self.paid[offer["offer"], at] for offer in self._of(line)]
                self.hold(pulp.lpSum(paid) + self.avoided[line, at], ">=", self._need(line, at))
        for (line, at), avoided in self.avoided.items():
            made = [
                units[at] * self.counted[y, area, at]
                for y, area, of, units in self.links
                if of == line and (y, area, at) in self.counted
            ]
            self.hold(avoided - pulp.lpSum(made), "<=", self.brought[line, at])
        for offer in self.offers:
            name, now = offer["offer"], self.today_units[offer["offer"]]
            for at in counts if offer["line"] in self.lasting else spent:
                if offer["release"] is not None:
                    before = self.paid[name, at - 1] if at else now
                    kept = self.paid[name, at] - (1 - offer["release"]) * before
                    if self.short and at in spent:
                        self.dropped[name, at] = self.new()
                        kept += self.dropped[name, at]
                    self.hold(kept, ">=")
            for t in spent:
                if offer["release"] is not None:
                    self.hold(self.bought[name, t] - self.paid[name, t], "<=")
                if offer["build"] is not None:
                    before = self.bought[name, t - 1] if t else now
                    most = offer["build"] * offer["capacity"]
                    self.hold(self.bought[name, t] - before, "<=", most)

    def _freed(self, objective: str, lines: Iterable[tuple[str, str]]) -> Any:
        """What avoiding need saves, in an objective."""
        value, spent = zero(), len(self.years)
        whole = {"public value": (spent, False), "net public value": (spent, False)}
        whole |= {"cashable saving": (0, False), "fiscal saving": (0, True)}
        if objective not in whole:
            return value
        first, by_need = whole[objective]
        for line in lines:
            for at in range(first, len(self.appraisal)):
                t = min(at, spent - 1)
                worth = self.discount[at] * self._cheapest(line, t) / self.general[t]
                earlier = self.brought[line, at]
                if by_need and at < spent:
                    value += worth * (self.avoided[line, at] - earlier)
                else:
                    paid = pulp.lpSum(self.paid[o["offer"], at] for o in self._of(line))
                    missing = self.unmet[line, at] if at < spent else zero()
                    value += worth * (self._need(line, at) - missing - earlier - paid)
        return value

    def _least_short(self) -> bool:
        """Least need unmet, then least given up too fast; whether that is why there is no plan."""
        level = {o["offer"]: o["unit_cost"] for o in self.offers}
        index = {o["offer"]: o["index"] for o in self.offers}
        unmet = pulp.lpSum(self._cheapest(x, t) * v for (x, t), v in self.unmet.items())
        dropped = pulp.lpSum(
            level[name] * self.level(index[name], self.years[t]) * v
            for (name, t), v in self.dropped.items()
        )
        whole, self.can_be_met = 0.0, True
        for missing in (unmet, dropped):
            self.problem.setObjective(-missing + zero())
            least = self.best()
            if least is None:
                return False
            whole -= least
            self.hold(missing, "<=", max(-least, 0.0) + 0.01)
        return whole >= 1.0

    def _cheapest(self, line: tuple[str, str], t: int) -> float:
        """Unit cost in cash of the cheapest offer that there is."""
        return min(
            o["unit_cost"] * self.level(o["index"], self.years[t])
            for o in self._of(line)
            if (o["first_year"] or self.years[0]) <= self.years[t]
        )

    # --- outcomes ----------------------------------------------------------------------------

    def _of_a_unit(self, effect: Row) -> float:
        grades = {r["grade"]: r["optimism_bias"] for r in self.rows["evidence"]}
        unit = effect["engagement"] * effect["retention"] * effect["impact"]
        unit *= (1 - effect["deadweight"]) * effect["attribution"]
        return float(unit * (1 - grades.get(effect["evidence"], 0.0)))

    def _outcomes(self) -> None:
        self.produced: dict[tuple[str, str, int], Any] = {}
        for effect in self.rows["effects"]:
            unit = self._of_a_unit(effect)
            for (line, _, t), (works, units) in self.steps.items():
                if line[0] != effect["service"]:
                    continue
                for j in range(effect["duration"]):
                    at = t + effect["lag"] + j
                    if at < len(self.appraisal):
                        key = (effect["outcome"], line[1], at)
                        share = works * unit * (1 - effect["drop_off"]) ** j
                        self.produced[key] = self.produced.get(key, zero()) + share * units
        risks = self.rows["at_risk"]
        limited = {r["outcome"] for r in risks}
        self.counted = dict(self.produced)
        for key, made in self.produced.items():
            if key[0] in limited:
                self.counted[key] = self.new() + zero()
                self.hold(self.counted[key] - made, "<=")
        for outcome, where in {(r["outcome"], self.area(r["area"])) for r in risks}:
            rows = [r for r in risks if (r["outcome"], self.area(r["area"])) == (outcome, where)]
            for at, year in enumerate(self.appraisal):
                row = self.of_year(rows, year)
                inside = [
                    v
                    for (y, g, a), v in self.counted.items()
                    if y == outcome and a == at and where in self.up(g)
                ]
                if row is not None and inside:
                    earlier = self._within(self.brings, outcome, where, at + 1)
                    self.hold(pulp.lpSum(inside), "<=", max(row["most"] - earlier, 0.0))

    def of_outcome(self, worth: dict[str, float], *, discounted: bool = True,
                   gain: dict[str, float] | None = None) -> Any:  # fmt: skip
        """What is counted, each outcome times its worth in money and to people."""
        gain = gain or {}
        return pulp.lpSum(
            (
                worth.get(y, 0.0) * (self.discount[at] if discounted else 1.0)
                + gain.get(y, 0.0) * self.own_discount[y][at]
            )
            * made
            for (y, _, at), made in self.counted.items()
        )

    def saved(self, agency: str, *, cashable: bool) -> dict[str, float]:
        return {
            r["outcome"]: r["value"] * (r["cashable"] if cashable else 1.0)
            for r in self.rows["savings"] if r["agency"] == agency
        }  # fmt: skip

    # --- money --------------------------------------------------------------------------------

    def _money(self) -> None:
        """x by holder, route, line and year; the holder is a stream or an agency that reinvests."""
        self.x: dict[tuple[str, str, tuple[str, str], int], Any] = {}
        self.fees: dict[int, Any] = {t: zero() for t in range(len(self.years))}
        self.capital: set[str] = set()
        self.directions = [r for r in self.rows["rules"] if r["kind"] == "capitalisation"]
        for stream in self.rows["streams"]:
            self._stream(stream)
        sectors = {r["agency"]: r["sector"] for r in self.rows["agencies"]}
        savers = {r["agency"] for r in self.rows["savings"] if sectors[r["agency"]] != "dwp"}
        self.reinvested = {f"reinvested by {a}" for a in savers} if self.reinvest else set()
        for agency in sorted(savers) if self.reinvest else ():
            self._savings_again(agency)
        for line in self.lines:
            for t in range(len(self.years)):
                paid = [v for (_, _, at, when), v in self.x.items() if (at, when) == (line, t)]
                cost = [self.cost[o["offer"], t] for o in self.offers if o["line"] == line]
                self.hold(pulp.lpSum(paid) - pulp.lpSum(cost), "=")

    def _pay(self, holder: str, route: str, t: int, lines: Iterable[tuple[str, str]]) -> Any:
        made = []
        for line in lines:
            self.x[holder, route, line, t] = self.new()
            made.append(self.x[holder, route, line, t])
        return pulp.lpSum(made)

    def _stream(self, stream: Row) -> None:
        name, carried = stream["stream"], zero()
        if stream["kind"] == "capital":
            self.capital.add(name)
        for t, year in enumerate(self.years):
            uses = self.new() + zero()  # idle
            if self.pooling != "freed":
                uses += self._pay(name, "direct", t, self._own_lines(stream, t))
            for pool, least, most, stays in self._pools(stream, year):
                gross = self.new(most, least=least)
                uses += gross
                served = [p["purpose"] for p in self.rows["pool_purposes"] if p["pool"] == pool]
                lines = [
                    line for line in self._allowed(stream, t)
                    if (not served or self.service(line)["purpose"] in served)
                    and (not stays or self._at_home(stream["agency"], line))
                ]  # fmt: skip
                fee = 0.0 if pool == _FREE else self.row_of("pools", pool=pool)["management_cost"]
                left = self.new()
                self.hold((1 - fee) * gross - self._pay(name, pool, t, lines) - left, "=")
                self.fees[t] += fee * gross
            uses += self._pooled_today(stream, t, year)
            money = self.funded(name, year)
            carries = t + 1 < len(self.years) and (
                self.pooling == "freed"
                or len(self.holding(stream["agency"], self.years[t + 1]))
                <= len(self.holding(stream["agency"], year))
            )
            out = self.new(stream["carry_forward"] * money if carries else 0.0)
            earned = self.rewards.get((name, t), zero())
            self.hold(uses + out - carried - earned, "=", money)
            carried = out + zero()

    def _rewards(self) -> None:
        """What a target pays each stream in each year: nothing, or the share of the way gone."""
        self.rewards: dict[tuple[str, int], Any] = {}
        for row in self.rows["targets"]:
            at, areas = self.appraisal.index(row["year"]), self.area(row["area"])
            share, met = self.new(1.0), self.new(1.0, whole=True)
            has = pulp.lpSum(
                v for (y, g, when), v in self.counted.items()
                if (y, when) == (row["outcome"], at) and areas in self.up(g)
            )  # fmt: skip
            way = row["stretch"] - row["baseline"]
            self.hold(has - row["baseline"] * met - way * share, ">=")
            self.hold(share - row["threshold"] * met, ">=")
            self.hold(share - met, "<=")
            if any(s["target"] == row["target"] and s["pays"] for s in self.rows["target_shares"]):
                # No less than the share of the way, from the threshold on; all of it at most.
                full, much = self.new(1.0, whole=True), 100 * way
                self.hold(has - much * met, "<=", row["baseline"] + (row["threshold"] - 1e-6) * way)
                short = has - row["baseline"] - way * share
                self.hold(short - much * full - row["threshold"] * way * (1 - met), "<=")
                self.hold(share - full, ">=")
            for mine in self.rows["target_shares"]:
                each = mine["share"] * row["reward"] / row["instalments"]
                each *= -1 if mine["pays"] else 1
                for t in range(at + 1, min(at + 1 + row["instalments"], len(self.years))):
                    if mine["target"] != row["target"]:
                        continue
                    holder = self.row_of("streams", stream=mine["stream"])["agency"]
                    for who, part in self.holding(holder, self.years[t]).items():
                        key = self.went.get((mine["stream"], who), mine["stream"]), t
                        self.rewards[key] = self.rewards.get(key, zero()) + part * each * share

    def _loans(self) -> None:
        """What loans bring each stream and take from it, and take off an objective in pounds."""
        self.debt: dict[bool, Any] = {True: zero(), False: zero()}
        for row in self.rows["loans"]:
            pounds, first = self.new(row["most"]), self.years.index(row["first_year"])
            each = 2 if row["half_yearly"] else 1
            rate, n = row["rate"] / each, row["years"] * each
            pays = rate / (1 - (1 + rate) ** -n)
            owed, left = 1.0, 1.0

            def bring(stream: str, t: int, amount: Any) -> None:
                holder = self.row_of("streams", stream=stream)["agency"]
                for who, part in self.holding(holder, self.years[t]).items():
                    key = self.went.get((stream, who), stream), t
                    self.rewards[key] = self.rewards.get(key, zero()) + part * amount

            bring(row["stream"], first, pounds)
            for k in range(n):
                t = first + 1 + k // each
                if t == len(self.years):
                    break
                interest, provision = rate * owed, pays - rate * left
                bring(row["borne_by"], t, -(interest + provision) * pounds)
                self.debt[True] += self.discount[t] / self.general[t] * interest * pounds
                repaid = {"annuity": pays - interest, "eip": 1 / n, "maturity": 0.0}[row["kind"]]
                owed, left = owed - repaid, left - provision
            real = self.discount[len(self.years) - 1] / self.general[len(self.years) - 1]
            self.debt[False] += real * row["later_pound"] * left * pounds

    def _pooled_today(self, stream: Row, t: int, year: str) -> Any:
        """What a closed pool pays today for others' lines stays: theirs, for that purpose."""
        given = zero()
        for pool in (r["pool"] for r in self.rows["pools"] if r["pool"] not in self._open()):
            row = self._contribution(pool, stream, year)
            if row is None or self.pooling == "freed":
                continue
            most: dict[tuple[str, str], float] = {}
            for paid in self.rows["today"]:
                service = self.service(paid["line"])
                key = (service["commissioner"], service["purpose"])
                mine = (paid["stream"], paid["pool"]) == (stream["stream"], pool)
                held = self.holding_at(key[0], paid["line"][1], year) if mine else {}
                lead = min(held, key=lambda who: (-held[who], who), default="")
                if any(paid["amounts"]) and mine and stream["agency"] not in (key[0], lead):
                    most[key] = most.get(key, 0.0) + paid["amounts"][t]
            served = [p["purpose"] for p in self.rows["pool_purposes"] if p["pool"] == pool]
            for (agency, purpose), amount in most.items():
                lines = [
                    line for line in self._allowed(stream, t)
                    if self.service(line)["commissioner"] == agency
                    and self.service(line)["purpose"] == purpose
                    and (not served or purpose in served)
                    and (not row["stays_in_area"] or self._at_home(stream["agency"], line))
                ]  # fmt: skip
                self.hold(self._pay(stream["stream"], pool, t, lines), "<=", amount)
            gross = sum(most.values()) / (1 - self.row_of("pools", pool=pool)["management_cost"])
            given += gross
            self.fees[t] += gross - sum(most.values())
        return given

    def _savings_again(self, agency: str) -> None:
        worth, carried = self.saved(agency, cashable=True), zero()
        stream = {"agency": agency, "kind": "revenue", "stream": f"reinvested by {agency}"}
        for t in range(len(self.years)):
            lines = self._own_lines(stream, t)
            uses = self.new() + self._pay(stream["stream"], "direct", t, lines)
            out = self.new(None if t + 1 < len(self.years) else 0.0)
            before = pulp.lpSum(
                worth.get(y, 0.0) * made for (y, _, at), made in self.counted.items() if at == t - 1
            )
            cash = self.reinvest * self.general[t - 1] if t else 0.0
            self.hold(uses + out - carried - cash * before, "=")
            carried = out + zero()

    def service(self, line: tuple[str, str]) -> Row:
        return self.row_of("services", service=line[0])

    def _at_home(self, agency: str, line: tuple[str, str]) -> bool:
        return any(home in self.up(line[1]) for home in self.homes(agency))

    def _own_lines(self, stream: Row, t: int) -> list[tuple[str, str]]:
        return [
            line for line in self._allowed(stream, t)
            if self._may_pay(stream["agency"], line, self.years[t])
            or set(self.holding(stream["agency"], self.years[t]))
            & {who for a in self._sharing(line[0]) for who in self.holding(a, self.years[t])}
        ]  # fmt: skip

    def _may_pay(self, agency: str, line: tuple[str, str], year: str) -> bool:
        """Its own services at home; after an end those of who holds them there."""
        by = self.service(line)["commissioner"]
        held, mine = self.holding_at(by, line[1], year), self.holding(agency, year)
        return any(who in held and (by not in held or self._at_home(who, line)) for who in mine)

    def _sharing(self, service: str) -> set[str]:
        """Agencies whose offers run through an offer of the service."""
        of = {offer["offer"]: offer["service"] for offer in self.offers}
        members = [r for r in self.rows["shared_services"] if of[r["shared_offer"]] == service]
        return {self.service((of[row["offer"]], ""))["commissioner"] for row in members}

    def _allowed(self, stream: Row, t: int) -> list[tuple[str, str]]:
        """Lines that the ring-fence and the kind of the money allow."""
        fence = [r["purpose"] for r in self.rows["ring_fences"] if r["stream"] == stream["stream"]]
        found = []
        for line in self.lines:
            service = self.service(line)
            directed = any(
                self._fits(self.subject(r), line) and t in self._years(r) for r in self.directions
            )
            kind = stream["kind"] == "revenue" or service["kind"] == "capital" or directed
            fenced = fence and self.pooling != "freed" and service["purpose"] not in fence
            if kind and not fenced:
                found.append(line)
        return found

    def _open(self) -> list[str]:
        if self.pooling in ("aligned", "freed"):
            return []
        pools = self.rows["pools"]
        if self.pooling == "pooled":
            return [r["pool"] for r in pools if r["open"]]
        return [r["pool"] for r in pools if r["pool"] in self.pooling]

    def _pools(self, stream: Row, year: str) -> Iterable[tuple[str, float, float | None, bool]]:
        if self.pooling == "freed":
            yield _FREE, 0.0, None, False
        for pool in self._open():
            row = self._contribution(pool, stream, year)
            if row is not None:
                least = row["minimum"]
                if least is None:
                    least = row["minimum_share"] * self.funded(stream["stream"], year)
                yield pool, least, row["maximum"], bool(row["stays_in_area"])

    def _contribution(self, pool: str, stream: Row, year: str) -> Row | None:
        key = (pool, stream["stream"])
        rows = [r for r in self.rows["contributions"] if (r["pool"], r["stream"]) == key]
        return self.of_year(rows, year)

    # --- rules --------------------------------------------------------------------------------

    def subject(self, rule: Row) -> dict[str, list[str]]:
        pairs = [p.partition("=") for p in (rule["subject"] or "").split(";") if p.strip()]
        return {key.strip(): [v.strip() for v in text.split("|")] for key, _, text in pairs}

    def _years(self, rule: Row, among: list[str] | None = None) -> list[int]:
        years = self.years if among is None or rule["year"] is None else among
        return [t for t, year in enumerate(years) if rule["year"] in (None, year)]

    def _fits(self, subject: dict[str, list[str]], line: tuple[str, str]) -> bool:
        service = self.service(line)
        has = {"service": line[0], "purpose": service["purpose"], "nature": service["nature"],
               "kind": service["kind"], "agency": service["commissioner"],
               "tier": self.tier.get(line[1])}  # fmt: skip
        within = "area" not in subject or bool(set(subject["area"]) & set(self.up(line[1])))
        return within and all(has[key] in subject[key] for key in has if key in subject)

    def _offers_of(self, subject: dict[str, list[str]]) -> list[Row]:
        return [
            o for o in self.offers if self._fits(subject, o["line"])
            and all(o[key] in subject[key] for key in ("provider", "delivery_model")
                    if key in subject)
        ]  # fmt: skip

    def _spent(self, subject: dict[str, list[str]], t: int, *, all_of_it: bool = False) -> Any:
        if "pool" in subject:
            return pulp.lpSum(
                v for (_, route, line, when), v in self.x.items()
                if when == t and route in subject["pool"]
                and (all_of_it or self._fits(subject, line))
            )  # fmt: skip
        offers = self.offers if all_of_it else self._offers_of(subject)
        return pulp.lpSum(self.cost[o["offer"], t] for o in offers)

    def _spent_today(self, subject: dict[str, list[str]], t: int) -> float:
        offers = {o["offer"] for o in self._offers_of(subject)}
        by_offer = {"provider", "delivery_model"} & set(subject)
        return sum(
            r["amounts"][t] for r in self.rows["today"]
            if self._fits(subject, r["line"])
            and ("pool" not in subject or r["pool"] in subject["pool"])
            and (not by_offer or r["buys"] in offers)
        )  # fmt: skip

    def _rule(self, rule: Row) -> None:
        subject, kind = self.subject(rule), rule["kind"]
        amount = rule["amount"] or 0.0
        share = amount / 100
        if "pool" in subject and not set(subject["pool"]) & set(self._open()):
            return
        if kind in ("outcome_floor", "equity_floor"):
            for at in self._years(rule, self.appraisal):
                (self._outcome_floor if kind == "outcome_floor" else self._equity_floor)(
                    subject, at, amount
                )
            return
        if kind == "no_worse_off":
            for agency in subject["agency"]:
                self._no_worse_off(agency, share)
            return
        for t in self._years(rule):
            spent = self._spent(subject, t)
            if kind in ("floor", "cap"):
                self.hold(spent, ">=" if kind == "floor" else "<=", amount)
            elif kind in ("units_floor", "units_cap"):
                units = [self.bought[o["offer"], t] for o in self._offers_of(subject)]
                self.hold(pulp.lpSum(units), ">=" if kind == "units_floor" else "<=", amount)
            elif kind == "provider_cap":
                anybody = {key: value for key, value in subject.items() if key != "provider"}
                mine, all_ = (
                    pulp.lpSum(self.bought[o["offer"], t] for o in self._offers_of(each))
                    for each in (subject, anybody)
                )
                self.hold(mine - share * all_, "<=")
            elif kind in ("take_up_floor", "take_up_cap"):
                mine = self._offers_of(subject)
                needed = sum(self._need(line, t) for line in {o["line"] for o in mine})
                units = pulp.lpSum(self.bought[o["offer"], t] for o in mine)
                self.hold(units, ">=" if kind == "take_up_floor" else "<=", share * needed)
            elif kind == "posts_cap":
                posts = [
                    self._posts(row) * self.bought[o["offer"], t]
                    for o in self._offers_of(subject)
                    for row in self.rows["staffing"]
                    if row["offer"] == o["offer"] and row["role"] in subject["role"]
                ]
                self.hold(pulp.lpSum(posts), "<=", amount)
            elif kind in ("share_floor", "share_cap"):
                part = spent - share * self._spent(subject, t, all_of_it=True)
                self.hold(part, ">=" if kind == "share_floor" else "<=")
            elif kind == "virement":
                self.hold(spent, ">=", max(1 - share, 0.0) * self._spent_today(subject, t))
            elif kind == "pace":
                before = self._spent(subject, t - 1) if t else self._spent_today(subject, 0)
                self.hold(spent - max(1 - share, 0.0) * before, ">=")
                self.hold(spent - (1 + share) * before, "<=")
            elif kind == "lock":
                self._lock(subject, t, share)
            elif kind == "capitalisation" and rule["amount"] is not None:
                paid = [
                    v
                    for (holder, _, line, when), v in self.x.items()
                    if holder in self.capital
                    and when == t
                    and self._fits(subject, line)
                    and self.service(line)["kind"] == "revenue"
                ]
                self.hold(pulp.lpSum(paid), "<=", amount)

    def _posts(self, row: Row) -> float:
        """Posts of its role that a unit takes."""
        post = self.row_of("posts", role=row["role"])
        works = (post["days"] - post["absence_days"]) * post["hours"] * (1 - post["vacant"])
        return row["hours"] / works

    def _lock(self, subject: dict[str, list[str]], t: int, share: float) -> None:
        for line in self.lines:
            if self._fits(subject, line):
                today = sum(r["amounts"][t] for r in self.rows["today"] if r["line"] == line)
                now = pulp.lpSum(self.cost[o["offer"], t] for o in self.offers if o["line"] == line)
                self.hold(now, ">=", max(1 - share, 0.0) * today)
                self.hold(now, "<=", (1 + share) * today)

    def _keep(self) -> None:
        """Services without effects keep today's money, or come as near to it as there is a way."""
        if self.settings.without_effects == "free":
            return
        known = {e["service"] for e in self.rows["effects"]}
        known |= {s["service"] for s in self.rows["services"] if s["led_by"] == "need"}
        known |= {s["service"] for s in self.rows["services"] if self._sharing(s["service"])}
        for rule in self.rows["rules"]:
            if rule["kind"] == "lock":
                known |= {line[0] for line in self.lines if self._fits(self.subject(rule), line)}
        changes: list[Any] = []
        for line in self.lines:
            if line[0] not in known:
                for t in range(len(self.years)):
                    today = sum(r["amounts"][t] for r in self.rows["today"] if r["line"] == line)
                    now = [self.cost[o["offer"], t] for o in self.offers if o["line"] == line]
                    more, less = self.new(), self.new()
                    self.hold(pulp.lpSum(now) - more + less, "=", today)
                    changes += [more, less]
        if changes:
            self.problem.setObjective(-pulp.lpSum(changes))
            least = self.best()
            if least is not None:
                room = 1e-9 * abs(least) + 1e-3
                self.hold(pulp.lpSum(changes), "<=", -least + room)

    def _outcome_floor(self, subject: dict[str, list[str]], at: int, amount: float) -> None:
        inside = [
            v for (y, g, when), v in self.counted.items() if when == at and y in subject["outcome"]
            and ("area" not in subject or set(subject["area"]) & set(self.up(g)))
        ]  # fmt: skip
        self.hold(pulp.lpSum(inside), ">=", amount)

    def _in(self, area: str, peers: list[str], made: dict[tuple[str, str, int], Any],
            worth: dict[tuple[str, int], float]) -> Any:  # fmt: skip
        """A of an area: what is made in it and below, and its part of what is made above."""
        terms = []
        for (y, g, at), value in made.items():
            if not worth.get((y, at)):
                continue
            if area in self.up(g):
                part = 1.0
            elif g in self.up(area):
                whole = self.people.get(g) or sum(
                    self.people[peer] for peer in peers if g in self.up(peer)
                )
                part = self.people[area] / whole
            else:
                continue
            terms.append(part * worth[y, at] * value)
        return pulp.lpSum(terms)

    def _equity_floor(self, subject: dict[str, list[str]], at: int, amount: float) -> None:
        peers = [
            area for area in self.parent if self.tier[area] in subject["tier"]
            and ("area" not in subject or set(subject["area"]) & set(self.up(area)))
        ]  # fmt: skip
        worth = {(y, at): 1.0 for y in subject["outcome"]}
        made = {area: self._in(area, peers, self.produced, worth) for area in peers}
        mean = pulp.lpSum(made.values()) * (1 / sum(self.people[area] for area in peers))
        for area in peers:
            self.hold(made[area] * (1 / self.people[area]) - amount / 100 * mean, ">=")

    def _no_worse_off(self, agency: str, share: float) -> None:
        if agency not in self.marks:
            return
        savings, value = self.marks[agency]
        self.hold(self.of_savings(agency), ">=", (1 - share) * savings)
        self.hold(self.of_services(agency), ">=", (1 - share) * value)

    def of_savings(self, agency: str) -> Any:
        mine = {x for x in self.lasting if self.service(x)["commissioner"] == agency}
        return self.of_outcome(self.saved(agency, cashable=False)) + self._freed(
            "fiscal saving", mine
        )

    def of_services(self, agency: str) -> Any:
        """Public value of what an agency's services produce, before overlap."""
        (money, gain), found = self._worth("public value"), zero()
        for effect in self.rows["effects"]:
            unit, y = self._of_a_unit(effect), effect["outcome"]
            for (line, _, t), (works, units) in self.steps.items():
                if line[0] == effect["service"] and self.service(line)["commissioner"] == agency:
                    for j in range(effect["duration"]):
                        at = t + effect["lag"] + j
                        if at < len(self.appraisal):
                            fading = (1 - effect["drop_off"]) ** j
                            worth = money[y] * self.discount[at]
                            worth += gain[y] * self.own_discount[y][at]
                            found += works * unit * fading * worth * units
        return found

    # --- objectives ---------------------------------------------------------------------------

    def _worth(self, objective: str) -> tuple[dict[str, float], dict[str, float]]:
        """Worth of a unit of each outcome: in money, and to people."""
        money, gain = {}, {}
        for row in self.rows["outcomes"]:
            savings = [s for s in self.rows["savings"] if s["outcome"] == row["outcome"]]
            public = sum(s["value"] for s in savings if not s["transfer"])
            to_people = row["economic_value"] + row["social_value"]
            money[row["outcome"]], gain[row["outcome"]] = {
                "public value": (public, to_people),
                "net public value": (public, to_people),
                "fiscal saving": (sum(s["value"] for s in savings), 0.0),
                "cashable saving": (sum(s["value"] * s["cashable"] for s in savings), 0.0),
                "weighted outcomes": (0.0, row["weight"]),
                "worst-off area": (0.0, row["weight"]),
            }[objective]
        return money, gain

    def _objective(self, objective: str) -> Any:
        money, gain = self._worth(objective)
        if objective == "worst-off area":
            return self._worst_off(gain)
        value = self.of_outcome(money, gain=gain) + self._freed(objective, self.lasting)
        net = objective == "net public value"
        if objective != "weighted outcomes":
            value -= self.debt[net]
        for (holder, _, _, t), paid in self.x.items():
            again = holder in self.reinvested and objective != "weighted outcomes"
            if net or again:
                value -= self.discount[t] / self.general[t] * paid
        for t, fee in self.fees.items() if net else ():
            value -= self.discount[t] / self.general[t] * fee
        return value

    def _worst_off(self, worth: dict[str, float]) -> Any:
        served = {area for _, area in self.lines}
        for area in sorted(served, key=lambda name: (-len(self.up(name)), name)):
            tier = self.tier.get(area)
            peers = [a for a in self.parent if self.tier[a] == tier] if tier else [area]
            if all(self.people.get(peer) for peer in peers):
                break
        each = {(y, at): w * self.own_discount[y][at] for y, w in worth.items()
                for at in range(len(self.appraisal))}  # fmt: skip
        worst = self.new()
        for area in peers:
            score = self._in(area, peers, self.counted, each)
            self.hold(score - self.people[area] / _HEADS * worst, ">=")
        return worst + zero()
