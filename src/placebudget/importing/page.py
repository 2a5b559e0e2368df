"""The page of a place that was made from published files: what each figure rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from placebudget.importing.incomes import NOT_ITEMISED, SETTLED
from placebudget.importing.making import KEPT
from placebudget.importing.outturn import LINES, REST, TOTALS
from placebudget.importing.usual import ASSUMED
from placebudget.place import Place
from placebudget.place.findings import Findings
from placebudget.place.names import Names
from placebudget.place.place import PLACEHOLDER, STATUSES, known, rows_known
from placebudget.place.settings import GENERAL
from placebudget.words import money, number, percent

PUBLISHED, PART = "a published line", "an assumed share of a published line"
BY_POPULATION, TYPED = "by population", "typed"
"""How money spent today is known."""

GIVEN, CARRIED = "the settlement", "today's, carried forward"
"""How money of the years ahead is known, where its stream stands in an outturn."""

DERIVED_LINE = (
    "A published line counts as derived: it stands there whole, and which stream paid for how much "
    "of it is worked out."
)
"""Why no money spent is published as it stands."""

SPENT, AHEAD = "spent today", "funding over the years"

_BASIS = ("money", "known from", "figures are")

STEEP = 0.02
"""By how much prices rise more than in the year before, where the page tells that year apart."""


def basis_of(place: Place) -> pd.DataFrame:
    """Money of today and of all years ahead by how it is known, and from where, in pounds.

    Its sums by status are those that every plan of the place tells.
    """
    today = place.today
    whole = today["reference"].notna() & (today["status"] != "illustrative")
    first = place.settings.today_year
    funding = place.funding
    now = funding[funding["year"] == first].set_index("stream")["source"]
    # An amount that was typed has no source but the draft; a figure for England has its own.
    of_stream = now.map({"outturn": CARRIED, ASSUMED: TYPED}).fillna(BY_POPULATION)
    how = today["stream"].map(of_stream)
    how[today["reference"].notna()] = PART
    how[whole] = PUBLISHED
    ahead = funding[funding["year"].isin(place.years)]
    by = ahead["stream"].map(of_stream).fillna(CARRIED)
    by[ahead["source"] == SETTLED] = GIVEN
    rows = []
    for money_of, table, source, order in (
        (SPENT, today.assign(status=known(place, "today")), how, (PUBLISHED, PART)),
        (AHEAD, ahead.assign(status=known(place, "funding")), by, (GIVEN, CARRIED)),
    ):
        sums = table.groupby([source, "status"])["amount"].sum()
        rows += [
            (money_of, each, status, amount)
            for each in (*order, BY_POPULATION, TYPED)
            for status in STATUSES
            if (amount := sums.get((each, status), 0.0))
        ]
    return pd.DataFrame(rows, columns=["money", "known from", "figures are", "amount"])


def totals_of(
    reconciliation: pd.DataFrame, published: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    """Published totals of each body, and what their lines add up to; thousands of pounds.

    Parameters
    ----------
    reconciliation : DataFrame
        Parts of lines, as a first draft has them.
    published : mapping of str to mapping
        Totals by agency.
    """
    rungs = {total: n for n, total in enumerate(TOTALS)}
    below = {line.key: rungs[line.total] for line in LINES.values()}
    below |= {f"{REST}{total}": n for total, n in rungs.items()}
    rung = reconciliation["line"].map(below)
    found = []
    for agency, totals in published.items():
        for total, amount in totals.items():
            within = reconciliation[(reconciliation["agency"] == agency) & (rung <= rungs[total])]
            there, parts = within["table"] != "", within["in_place_thousand"]
            sums = (parts[each].sum() for each in (there, ~there))
            found.append((agency, total, TOTALS[total], amount, *sums))
    return pd.DataFrame(
        found, columns=["agency", "total", "name", "published", "in_place", "outside"]
    )


def page_of(
    place: Place, totals: pd.DataFrame, reconciliation: pd.DataFrame, doubts: Findings
) -> str:
    """The page in Markdown."""
    year = place.settings.today_year
    names = place.agencies.set_index("agency")["name"]
    parts = [f"# {place.title}", place.settings.description]
    parts += ["## How the money is known", _known(place)]
    parts += ["## Where the outturn stands", _stands(totals, names)]
    parts += ["## What to replace first", "\n".join(_first(place))]
    parts += [
        "## What a sceptic would say",
        "\n".join(
            [
                *(f"- {each.sentences}" for each in doubts),
                *_doubts(place, year),
                *_benefits(place, year),
                *_leaning(place),
                *_kept(reconciliation, year),
            ]
        ),
    ]
    parts += ["## Where it is from", "\n".join(_sources(place))]
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * (len(head) - 1) + ["---:"], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _known(place: Place) -> str:
    found = basis_of(place).to_dict("records")
    rows = [[*(str(row[name]) for name in _BASIS), money(row["amount"])] for row in found]
    return f"{_table([*_BASIS, 'amount'], rows)}\n\n{DERIVED_LINE}\n\n{rows_known(place)}"


def _stands(totals: pd.DataFrame, names: pd.Series) -> str:
    if totals.empty:
        return "No outturn of a body of the place is in the files."
    columns = {"£ thousand": totals["published"]}
    shared = totals["outside"].abs().max() > 1e-6
    if shared:
        columns |= {
            "in the place": totals["in_place"],
            "elsewhere of the same body": totals["outside"],
        }
    rows = [
        [
            names[agency],
            total,
            *(
                number(parts[n], int(abs(parts[n] - round(parts[n])) > 1e-6))
                for parts in columns.values()
            ),
        ]
        for n, (agency, total) in enumerate(zip(totals["agency"], totals["name"], strict=True))
    ]
    add_up = "What stands in these columns adds up" if shared else "The lines add up"
    return (
        f"{_table(['agency', 'published total', *columns], rows)}\n\n{add_up} to these totals to "
        "the thousand pounds; `published/reconciliation.csv` has each line and the row it stands "
        "in. What a file does not itemise below a total has a row of its own."
    )


def _first(place: Place) -> Iterator[str]:
    """What is to do, the placeholders first, then as ``to_do`` has it."""
    if guessed := _guessed(place):
        yield "What is nobody's figure yet:"
        yield ""
        yield from (f"- {each}" for each in guessed)
        yield ""
    to_do = next(each for each in place.to_do().summarised().paragraphs if each.points)
    yield to_do.text
    yield ""
    yield from (f"- {each}" for each in to_do.points)
    yield ""
    yield (
        "Need that must be met is taken to be what today's money buys (`needs`), and what partners "
        "pool today (`contributions`, `today.pool`) stands in no form."
    )


def _guessed(place: Place) -> list[str]:
    """What is a placeholder, in words: unit costs, effects, values."""
    names = Names(place)
    found: dict[str, None] = {}
    for table, column, what in (
        ("offers", "service", "the unit cost of {}"),
        ("effects", "service", "the effect of {}"),
        ("outcomes", "outcome", "the value of {}"),
    ):
        rows = place.tables[table]
        for key in rows.loc[rows["status"] == PLACEHOLDER, column].unique():
            name = names.bare(column, key)
            found[what.format(name[:1].lower() + name[1:])] = None
    return list(found)


def _doubts(place: Place, year: str) -> Iterator[str]:
    found = basis_of(place).groupby(["money", "known from"])["amount"].sum()
    today = place.today["amount"].sum()
    if by_population := found.get((SPENT, BY_POPULATION)):
        yield (
            f"- {money(by_population)} of {money(today)} spent in {year} is in no outturn of the "
            "files: it is sized by population from a figure for England or another place, and a "
            "place whose people are older, younger, richer or poorer is not England."
        )
    if typed := found.get((SPENT, TYPED)):
        yield (
            f"- {money(typed)} of {money(today)} spent in {year} is in no outturn of the files: "
            "it was typed, and nothing here says where it is from."
        )
    yield (
        "- How a line is divided into services is taken from another place; "
        f"{money(found.get((SPENT, PART), 0.0))} of today's money stands on it."
    )
    yield (
        "- Today's need is taken to be what today's money buys, and to stay as it is: those who "
        "wait are left out, and so is a population that ages."
    )
    flat = sum(found.get((AHEAD, each), 0.0) for each in (CARRIED, BY_POPULATION, TYPED))
    yield (
        f"- {money(flat)} of the money of the years ahead is carried forward by a rule, while "
        "prices rise: a gap that grows is as much the rule's as the place's."
    )
    yield (
        "- Unit costs and effects are the library's, found elsewhere, some long ago; services of "
        "whose effects it knows nothing keep their money until need cannot be met otherwise."
    )
    once = place.streams.loc[~place.filled("streams")["recurrent"].astype(bool), "stream"]
    drawn = place.today.loc[place.today["stream"].isin(once), "amount"].sum()
    if drawn:
        yield (
            f"- {money(drawn)} was drawn from reserves in {year}; it is not carried forward, and "
            "what it paid for goes on. Nobody knows which services that was: each is taken to have "
            "had a part of it."
        )


def _benefits(place: Place, year: str) -> Iterator[str]:
    """What is taken to pay benefit, of grants that the file does not itemise."""
    funding = place.funding
    held = funding["stream"].str.startswith(f"{NOT_ITEMISED}_") & (funding["year"] == year)
    if held.any():
        yield (
            f"- {money(funding.loc[held, 'amount'].sum())} of grants stand in no line of the file, "
            "only in the difference of two totals. They are taken to pay the benefit and transfers "
            "that it does not itemise either, and no service; what of them is free money is "
            "missing here."
        )


def _leaning(place: Place) -> Iterator[str]:
    """The gap where one year of prices makes much of it, and what it is without that year."""
    from placebudget.study import outlook

    prices = place.inflation
    general = prices[prices["index"] == GENERAL].set_index("year")["rate"]
    steps = general.diff().reindex(place.years[1:])
    if steps.empty or not steps.max() >= STEEP or place.check().errors:
        return
    year = str(steps.idxmax())
    before = place.years[place.years.index(year) - 1]
    usual = prices["index"].map(prices[prices["year"] == before].set_index("index")["rate"])
    tamed = prices["rate"].where(prices["year"] != year, usual.fillna(prices["rate"]))
    last, milder = (
        outlook(each).table["gap"].iloc[-1]
        for each in (place, place.with_(inflation=prices.assign(rate=tamed)))
    )
    yield (
        f"- The gap is {money(last)} in {place.years[-1]}, and leans on one year of prices: they "
        f"rise by {percent(general[year])} in {year}, after {percent(general[before])} in "
        f"{before}. "
        f"With the rate of {before} in that year too it is {money(milder)}."
    )


def _kept(reconciliation: pd.DataFrame, year: str) -> Iterator[str]:
    into = reconciliation.loc[reconciliation["why"] == KEPT, "in_place_thousand"].sum() * 1000
    if into:
        yield (
            f"- {money(into)} was paid into reserves in {year}. As much is taken to be put by in "
            "each year ahead, and no service has it. To spend it lower its floor in `rules` and "
            "its capacity in `offers`."
        )


def _sources(place: Place) -> Iterator[str]:
    for row in place.sources.to_dict("records"):
        told = [row["publisher"], row["title"], row["year"], row["reference"], row["licence"]]
        if row["source"] != ASSUMED:
            yield f"- {'. '.join(str(each) for each in told if not pd.isna(each))}"
