"""The tables of accounts: every use of every stream, and whom it is answered for to."""

from __future__ import annotations

import pandas as pd

from placebudget.errors import CannotAnswer
from placebudget.plan import Plan
from placebudget.programme import DIRECT, FREED
from placebudget.words import money

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
