"""Both accounts of every pound of a plan: to local electors and to Parliament.

Money raised locally is answered for to the electors of the authority that raised
it. Money voted by Parliament is answered for twice: to Parliament for the money,
to electors for what came of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from placebudget.arguments import Arguments, as_given, offered, text
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.plan import Plan
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.plan.worded_table import NameOf, labels_of, named_by
from placebudget.programme import DIRECT, FREED
from placebudget.study.result import StudyResult, record_of
from placebudget.words import count, money, pence

HEADING = "Statement of accountability, modelled, not the statutory accounts"
NOT_MODELLED = (
    "Not modelled: monthly profile, in-year monitoring, VAT, tax base and referendum limit, "
    "minimum revenue provision, schools grant formula, housing revenue account."
)
ELECTORS_OF_THE_PLACE = "electors of the place"
EXACT, CONVENTION = "exact", "convention"
SERVICES, MANAGEMENT, LEFT_IN_POOL, CARRIED, LEFT = (
    "services",
    "management cost",
    "left in the pool",
    "carried forward",
    "left with the stream",
)
_CONVENTIONS = (
    "Convention: business rates, fees and other income stand where the place's tables put them; a "
    "stream marked local is raised by the agency that holds it.",
    "Convention: money voted by Parliament to a body that raises none is answered for, for its "
    "outcomes, to all electors of the place.",
    "A service commissioned for a wide area is not divided over the areas within it.",
    f"Money that buys nothing is shown as {LEFT} or {LEFT_IN_POOL}; money {CARRIED} is shown where "
    "it is used.",
)
_COLUMNS = ["stream", "year", "use", "route", "service", "area", "amount"]


@dataclass(frozen=True, eq=False)
class Accounts(StudyResult):
    """Every pound of a plan, from its stream to a service in an area.

    ``tables`` holds, in pounds to the penny, cash of the year:

    - ``uses``: stream, agency, raised, year, use, route, service, purpose, area,
      amount, split (exact, or convention where streams with the same conditions share);
    - ``streams``: stream, year, funding, carried_in, used, difference;
    - ``electors``: authority and answers_for (money or outcomes), then as ``uses``;
    - ``parliament``: stream, agency, condition, legal_power, then as ``uses``;
    - ``conditions``: stream, purposes, inside, outside, kept, note;
    - ``outcomes``: service, area, outcome, unit, counted: what came of it.

    Parameters
    ----------
    plan : Plan
        The plan accounted for.
    prepared_by, reviewed_by : str
        Names for the statements; blank: a line to sign.
    """

    plan: Plan = field(repr=False)
    prepared_by: str
    reviewed_by: str

    @property
    def sums(self) -> Mapping[str, Collection[str]]:
        """Which columns of which tables are parts of a total."""
        # What is carried forward stands twice among the uses: they have no total.
        return {
            "streams": ("funding",),
            "electors": ("amount",),
            "parliament": ("amount",),
            "conditions": ("inside", "outside"),
        }

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        return named_by(self.plan.labels)

    @property
    def table(self) -> pd.DataFrame:
        """Every pound by use."""
        return self.tables["uses"]

    @property
    def authorities(self) -> tuple[str, ...]:
        """Authorities that raise money, each with an electors' statement."""
        held = self.tables["electors"]
        return tuple(sorted(set(held.loc[held["answers_for"] == "money", "authority"])))

    def statement(self, to: str) -> str:
        """One statement as text, with its headings.

        Parameters
        ----------
        to : str
            ``"parliament"``, or the authority whose electors it is for.

        Raises
        ------
        WrongArgument
            If there is no such statement.
        """
        self._refuse_unknown(to)
        if to == "parliament":
            rows, title = self.tables["parliament"], "To Parliament, for money voted"
            groups = ["stream", "condition"]
        else:
            held = self.tables["electors"]
            rows = held[held["authority"] == to]
            title, groups = f"To the electors of {self._name(to)}", ["answers_for"]
        lines = [HEADING, title, self._of_what(), ""]
        for key, group in rows.groupby(groups, sort=True, dropna=False):
            lines += [self._group_title(groups, key), *self._group_lines(group)]
        lines += ["", *self._came_of(rows), "", *self.notes, NOT_MODELLED, "", *self._signatures()]
        return "\n".join(lines)

    def summarised(self) -> Summary:
        """What is accounted for to whom."""
        uses = not_carried(self.table)
        raised = uses.groupby("raised")["amount"].sum()
        spent = uses.loc[uses["use"] == SERVICES, "amount"].sum()
        broken = self.tables["conditions"].query("not kept")
        got = Paragraph(
            f"Of {money(float(uses['amount'].sum()))}, services get {money(float(spent))}.",
            tuple(f"raised {name}: {money(float(amount))}" for name, amount in raised.items()),
        )
        outside = [f"{row.stream}: {row.note}." for row in broken.itertuples()]
        kept = ["No ring-fenced money is spent outside its purposes."]
        said = ["Every stream is accounted for to the penny.", *(outside or kept), HEADING + "."]
        return Summary(self.title, (got, *sentences(said)))

    def _refuse_unknown(self, to: str) -> None:
        known = sorted({*self.tables["electors"]["authority"], "parliament"})
        if not isinstance(to, str) or to not in known:
            said = f"no statement for {as_given(to)}; there are: {', '.join(known)}"
            raise WrongArgument(offered(said, to, known))

    def _name(self, key: str) -> str:
        return labels_of(self.plan, "agencies").get(key, key)

    def _came_of(self, rows: pd.DataFrame) -> list[str]:
        """Outcomes of the services named, whoever paid for them."""
        made = self.tables["outcomes"].merge(rows[["service", "area"]].drop_duplicates())
        names = labels_of(self.plan, "outcomes")
        lines = ["Outcomes of these services in these areas, from all money spent on them"]
        for (outcome, unit), counted in made.groupby(["outcome", "unit"])["counted"].sum().items():
            lines.append(f"  {_spaced(names.get(outcome, outcome))}: {count(counted)} ({unit})")
        return lines

    def _of_what(self) -> str:
        years = self.plan.place["years"]
        return (
            f"{self.plan.place['title']}, plan {self.plan.name}, {years[0]} to {years[-1]}, "
            "pounds, cash of the year"
        )

    def _group_title(self, groups: list[str], key: tuple[str, ...]) -> str:
        if groups == ["answers_for"]:
            said = {
                "money": "Money raised here, answered for to you",
                "outcomes": "Money voted by Parliament, answered for to you for its outcomes",
                "savings": "Savings spent again",
            }
            return said[key[0]]
        name = labels_of(self.plan, "streams").get(key[0], key[0])
        return f"{name} (for {_spaced(key[1])})" if key[1] else f"{name} (no ring-fence)"

    def _group_lines(self, rows: pd.DataFrame) -> list[str]:
        services, areas = labels_of(self.plan, "services"), labels_of(self.plan, "areas")
        tree = self.plan.labels["areas"].set_index("area")["parent"]
        sums = rows.groupby(["use", "service", "area"], sort=True)["amount"].sum()
        sums = sums.loc[sorted(sums.index, key=lambda key: (key[0] != SERVICES, key))]
        lines = []
        for (use, service, area), amount in sums.items():
            said = services.get(service, service) if service else use
            # The whole place goes without saying.
            where = f" in {areas.get(area, area)}" if tree.get(area) else ""
            lines.append(f"  {_spaced(said)}{where}: {pence(amount)}")
        return [*lines, f"  Total: {pence(rows['amount'].sum())}"]

    def _signatures(self) -> list[str]:
        line = "_" * 30
        return [
            f"Prepared by: {self.prepared_by or line}",
            f"Reviewed by: {self.reviewed_by or line}",
        ]


def _spaced(key: str) -> str:
    return key.replace("_", " ")


def accounts(plan: PlanLike, *, prepared_by: str = "", reviewed_by: str = "") -> Accounts:
    """Account for every pound of a plan, to electors and to Parliament.

    Parameters
    ----------
    plan : Plan or path
        Any plan, or its ``*.plan.json``.
    prepared_by, reviewed_by : str
        Names for the statements; blank: a line to sign.

    Returns
    -------
    Accounts
        Statements whose totals equal the streams to the penny.

    Raises
    ------
    UnreadablePlan
        If it is no plan, or its file cannot be read.
    WrongArgument
        If a name is no text.
    CannotAnswer
        If a stream is not accounted for, or a plan that keeps ring-fences spends
        ring-fenced money outside its purposes.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.accounts(pb.optimise(pb.example("toy_pooling"), prices=False))
    >>> found.authorities
    ('council',)
    >>> float(found.table["amount"].sum())
    100000000.0
    """
    with Arguments() as asked:
        plan = asked.read(as_plan, plan)
        prepared_by = asked.read(text, "prepared_by", prepared_by)
        reviewed_by = asked.read(text, "reviewed_by", reviewed_by)
    uses = uses_of(plan)
    streams = reconciled(plan, uses)
    conditions = condition_table(plan, uses)
    tables = {
        "uses": uses,
        "streams": streams,
        "electors": electors_table(plan, uses),
        "parliament": parliament_table(plan, uses),
        "conditions": conditions,
        "outcomes": came_of(plan),
    }
    title = f"{plan.place['title']}: accounts of the plan {plan.name}"
    run = record_of(plan, "accounts")
    return Accounts(title, tables, account_notes(plan), run, plan, prepared_by, reviewed_by)


def uses_of(plan: Plan) -> pd.DataFrame:
    """All uses of every stream, a row each."""
    balances, paid = plan.tables["balances"], plan.tables["contributions"]
    spent = plan.tables["money"].assign(use=SERVICES)
    parts = [
        spent[_COLUMNS],
        _plain(paid.rename(columns={"pool": "route"}), "management_cost", MANAGEMENT),
        _plain(paid.rename(columns={"pool": "route"}), "unspent", LEFT_IN_POOL),
        _plain(balances.assign(route=DIRECT), "carried_out", CARRIED),
        _plain(balances.assign(route=DIRECT), "idle", LEFT),
    ]
    rows = pd.concat(parts, ignore_index=True)
    streams = plan.labels["streams"]
    rows = rows.merge(streams[["stream", "agency", "raised"]], "left", "stream")
    purposes = plan.labels["services"].set_index("service")["purpose"]
    rows["purpose"] = rows["service"].map(purposes).astype(object).fillna("").astype("str")
    rows["split"] = rows["stream"].map(_splits(plan)).astype("str")
    order = ["stream", "year", "use", "route", "service", "area"]
    names = [
        *("stream", "agency", "raised", "year", "use"),
        *("route", "service", "purpose", "area", "amount", "split"),
    ]
    return rows.sort_values(order, ignore_index=True)[names]


def _plain(frame: pd.DataFrame, column: str, use: str) -> pd.DataFrame:
    rows = frame.loc[frame[column] > 0, ["stream", "year", "route", column]]
    rows = rows.rename(columns={column: "amount"}).assign(use=use, service="", area="")
    return rows[_COLUMNS].astype({"service": "str", "area": "str", "use": "str"})


def _splits(plan: Plan) -> dict[str, str]:
    """Whether a stream's uses are its own, or split among streams with the same conditions."""
    streams = plan.labels["streams"]
    if plan.status == "simulated":
        # Given money names its streams.
        return dict.fromkeys(streams["stream"], EXACT)
    key = ["kind"] if plan.name == FREED else ["agency", "raised", "kind", "ring_fence"]
    size = streams.groupby(key)["stream"].transform("size")
    return {
        stream: EXACT if count == 1 else CONVENTION
        for stream, count in zip(streams["stream"], size, strict=True)
    }


def reconciled(plan: Plan, uses: pd.DataFrame) -> pd.DataFrame:
    """What every stream brings in a year, and what is used of it.

    Raises
    ------
    CannotAnswer
        If a penny is missing.
    """
    held = plan.tables["balances"][["stream", "year", "funding", "carried_in"]].copy()
    used = uses.groupby(["stream", "year"])["amount"].sum()
    keys = pd.MultiIndex.from_frame(held[["stream", "year"]])
    held["used"] = used.reindex(keys, fill_value=0.0).round(2).to_numpy()
    held["difference"] = (held["funding"] + held["carried_in"] - held["used"]).round(2)
    wrong = held[held["difference"] != 0]
    if len(wrong) or not used.index.isin(keys).all():
        named = ", ".join(f"{row.stream} in {row.year}" for row in wrong.head(5).itertuples())
        raise CannotAnswer(
            f"these streams are not accounted for to the penny: {named or 'a stream unknown'}; the "
            "plan is not one this package gives out"
        )
    return held


def condition_table(plan: Plan, uses: pd.DataFrame) -> pd.DataFrame:
    """For every ring-fenced stream, what is spent inside and outside its purposes."""
    spent = uses[uses["use"] == SERVICES]
    rows = []
    fenced = plan.labels["streams"].query("ring_fence != ''")
    for stream, purposes in zip(fenced["stream"], fenced["ring_fence"], strict=True):
        mine = spent[spent["stream"] == stream]
        inside = mine["purpose"].isin(purposes.split(", "))
        outside = round(float(mine.loc[~inside, "amount"].sum()), 2)
        note = "" if not outside else f"{money(outside)} is spent outside {purposes}"
        if outside and plan.name == FREED:
            note += ", as ring-fences are ended in this plan"
        rows.append(
            (
                stream,
                purposes,
                round(float(mine.loc[inside, "amount"].sum()), 2),
                outside,
                outside == 0,
                note,
            )
        )
    columns = ["stream", "purposes", "inside", "outside", "kept", "note"]
    table = pd.DataFrame(rows, columns=columns).astype({"kept": bool})
    broken = table[~table["kept"]]
    if len(broken) and plan.name != FREED and plan.status != "simulated":
        raise CannotAnswer(
            "ring-fenced money is spent outside its purposes: "
            + "; ".join(f"{row.stream}, {row.note}" for row in broken.itertuples())
        )
    return table


def not_carried(uses: pd.DataFrame) -> pd.DataFrame:
    """Uses over all years: what is carried forward is used in a later year."""
    return uses[uses["use"] != CARRIED].reset_index(drop=True)


def electors_table(plan: Plan, uses: pd.DataFrame) -> pd.DataFrame:
    """What is answered for to electors: for the money, or for what came of it."""
    streams = plan.labels["streams"]
    raising = set(streams.loc[streams["raised"] == "local", "agency"])
    rows = not_carried(uses)
    answers = {"local": "money", "national": "outcomes", "reinvested": "savings"}
    authority = [a if a in raising else ELECTORS_OF_THE_PLACE for a in rows["agency"]]
    rows.insert(0, "authority", pd.Series(authority, dtype="str"))
    rows.insert(1, "answers_for", rows["raised"].map(answers).astype("str"))
    return rows.sort_values(["authority", "answers_for"], kind="stable", ignore_index=True)


def parliament_table(plan: Plan, uses: pd.DataFrame) -> pd.DataFrame:
    """What is answered for to Parliament, with the conditions of each grant."""
    rows = not_carried(uses[uses["raised"] == "national"])
    fences = plan.labels["streams"].set_index("stream")["ring_fence"]
    powers = plan.labels["pools"].set_index("pool")["legal_power"]
    rows.insert(2, "condition", rows["stream"].map(fences).astype("str"))
    named = rows["route"].map(powers).astype(object).fillna("")
    rows.insert(3, "legal_power", named.astype("str"))
    return rows


def came_of(plan: Plan) -> pd.DataFrame:
    """Outcomes of each service in each area, whoever paid."""
    made = plan.outcomes(["service", "area", "outcome"])[["service", "area", "outcome", "counted"]]
    units = plan.labels["outcomes"].set_index("outcome")["unit"]
    made.insert(3, "unit", made["outcome"].map(units).astype("str"))
    return made


def account_notes(plan: Plan) -> tuple[str, ...]:
    """What is exact in the accounts of a plan, and what is convention."""
    if plan.status == "simulated":
        return ("Exact: every pound; the money given names its streams.", *_CONVENTIONS)
    first = (
        "Exact: totals of streams, and which money pays which service where a stream has "
        "conditions of its own."
    )
    second = (
        "Convention: streams with the same conditions share their uses in proportion to what each "
        "has left."
    )
    if plan.name == FREED:
        second = (
            "Convention: ring-fences are ended in this plan, and all streams of a kind share their "
            "uses in proportion."
        )
    return (
        first,
        second,
        *_CONVENTIONS,
    )
