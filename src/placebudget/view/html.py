"""Pages that open from disk: one file, nothing from elsewhere; what the report in one says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.arguments import instance
from placebudget.place import Place
from placebudget.place.names import Names
from placebudget.place.place import STATUSES, known, rows_by_status
from placebudget.place.settings import own_discount
from placebudget.plan import Plan
from placebudget.plan.need import AGAIN, EXCHEQUER, LEAVES, cash
from placebudget.plan.result import Result
from placebudget.plan.summary import Paragraph
from placebudget.register.minutes import Minutes
from placebudget.study import MEANINGS, TITLES, Potential
from placebudget.study.potential.plans_side_by_side import name_of, steps_between
from placebudget.texts import listed
from placebudget.value import uprating
from placebudget.view import tables
from placebudget.view.asks import SHOWN, at_limit, changes, payers, the_gap
from placebudget.view.charts import charts_of
from placebudget.view.front import LARGEST, against_standstill, below, explained, front
from placebudget.view.in_short import NO_GAIN, doubt_of, hangs_on, of_all_spent, question_of
from placebudget.view.plan_facts import (
    admitted,
    budget_lines,
    dearest_sentences,
    drawn_facts,
    kept,
    money_by_status,
    not_kept,
    plan_facts,
    shared_facts,
    taken_as_decided,
)
from placebudget.view.rendering import rendered
from placebudget.view.sheet import Grid, Row, sheet_grid, text_grid
from placebudget.view.studies import study_facts
from placebudget.view.studies.potential import parts_view
from placebudget.view.studies.rests_on import at_nought
from placebudget.words import as_set, money, number, percent, sentence

# What the report on plans side by side says.

_CONTENTS = (
    ("first", "Summary"),
    ("since", "What changed since the last edition"),
    ("plans", "Plans side by side"),
    ("money", "Where the money goes"),
    ("outcomes", "What changes for people"),
    ("admitted", "What the best pooled plan must admit"),
    ("savings", "Who saves, and when"),
    ("why", "Why this much"),
    ("rules", "What the rules cost"),
    ("parts", "Pools and ring-fences one by one"),
    ("assumptions", "Assumptions and sources"),
    ("run", "How the plans were made"),
    ("words", "What the words mean"),
)
_SERVICES, _HANGS, _EACH_WAY = 20, 10, 3


def report_facts(potential: Potential) -> dict[str, Any]:
    """Everything the template of the report shows."""
    place, plans = potential.place, potential.titled
    today = potential.plans["today"]
    return {
        **shared_facts(plans),
        "title": f"{place.title}: what working together could gain",
        "question": question_of(place),
        "contents": [
            {"key": key, "title": title}
            for key, title in _CONTENTS
            if (key != "parts" or potential.parts) and (key != "since" or potential.since)
        ],
        "front": [
            replace(
                part,
                said=tuple(
                    Paragraph(_unbroken(each.text), tuple(map(_unbroken, each.points)))
                    for each in part.said
                ),
            )
            for part in front(potential)
        ],
        "since": potential.since.paragraphs if potential.since else (),
        "admitted": admitted(potential.findings_of("pooled")),
        "meanings": [(TITLES[name], MEANINGS[name]) for name in potential.plans],
        "planned_for": potential.planned_for,
        "potentials": [
            _unbroken(potential.sentence(*ends))
            + (f" This gain is {NO_GAIN}." if doubt_of(potential, *ends) == NO_GAIN else "")
            for ends in steps_between(potential.plans)
        ]
        + list(filter(None, [of_all_spent(potential)])),
        "status": _status_grid(place),
        "discount": _discount(place),
        "gains": _gains(potential),
        "why": list(_why(potential)),
        "charts": charts_of(today, potential.plans["pooled"]),
        "rules": dearest_sentences(potential.plans["pooled"]),
        "decided": taken_as_decided(potential.plans["pooled"]),
        "kept": kept(potential.plans["pooled"]),
        "not_kept": not_kept(today),
        "parts": parts_view(potential, "parts"),
        "figures": _figures_grid(place),
        "gap": _gap(potential),
        "below": {key: [*map(_unbroken, said)] for key, said in below(potential).items()},
        "services": _services(potential),
        "lines": _lines(potential),
        "payers": _by_commissioner(potential),
        "cash": _cash(potential),
        "pools": _pools(potential),
        "hangs": _hangs(potential),
        "assumptions": list(_assumptions(place)),
    }


def _unbroken(sentence: str) -> str:
    """The sentence with its signs bound to their figures, so that no line ends between them."""
    return sentence.replace("+£", "+\u2060£").replace("\u2212£", "\u2212\u2060£")


def _gap(potential: Potential) -> Grid:
    """The gap of the last year by agency, with the sums that the first page says."""
    found, names = the_gap(potential), Names(potential.place)
    year, rows = found.table["year"].iloc[-1], found.tables["agencies"]
    rows = rows[rows["year"] == year].sort_values("gap", ascending=False, kind="stable")
    columns = ["cost", "money", "short", "to_spare"]
    cells = [
        (sentence(names.of("agency", row["agency"])), *(money(row[name]) for name in columns))
        for row in rows.to_dict("records")
    ]
    last = found.table.iloc[-1]
    gap = float(last["gap"])
    return text_grid(
        "gap-table", f"The gap of {year} by agency that pays today",
        ["agency", "cost of today’s services", "money", "short of money", "money to spare"],
        [*cells, ("All", *(money(float(last[name])) for name in columns))],
        f"All: {money(abs(gap))} {'short' if gap > 0 else 'to spare'}, "
        f"{percent(abs(gap) / float(last['money']))} of the money. Money to spare of one agency "
        "does not of itself meet the gap of another.",
    )  # fmt: skip


def _services(potential: Potential) -> Grid:
    """The services whose money changes most, of which the first page says the first few."""
    found, names = against_standstill(potential), Names(potential.place)
    moved, year, rows = found[found["change"].abs() >= 0.5], potential.place.years[-1], []
    for key, row in moved[:_SERVICES].iterrows():
        cells = [
            (
                money(row[name], signed=True),
                percent(row[name] / row[of], signed=True) if row[of] else "",
            )
            for name, of in (("change", "today"), ("beside", "kept"), ("beside_last", "kept_last"))
        ]
        rows.append(
            (sentence(names.of("service", str(key))), money(row["today"]), money(row["pooled"]),
             *cells[0], *cells[1], *cells[2], money(max(row["forgone"], 0.0)))
        )  # fmt: skip
    rest = f" The first {len(rows)} of {len(moved)}." if len(moved) > len(rows) else ""
    return text_grid(
        "services-table", "The services whose money changes most, from today to best pooled",
        ["service", "today", "best pooled", "change", "share of today", "beside its cost",
         "share of its cost", f"beside its cost in {year}", f"share of its cost in {year}",
         "growth given up"],
        rows, "Cash, all years. Today: today’s money carried on. Its cost: what today’s service "
        "would cost in prices and need of each year. Growth given up: what today’s money carried "
        f"on has beyond that.{rest}",
    )  # fmt: skip


def _lines(potential: Potential) -> Grid:
    """Where today's money of the services that change most stands in the accounts."""
    place, names, lines = potential.place, Names(potential.place), budget_lines(potential.place)
    moved, today = changes(potential.plans["today"], potential.plans["pooled"]), place.today
    rows = []
    for key in moved[moved.abs() >= 0.5].index[:_SERVICES]:
        mine = today[today["service"] == key]
        if key in lines:
            told = listed(dict.fromkeys(known(place, "today")[mine.index]))
            amount = money(float(mine["amount"].sum()))
            rows.append((sentence(names.of("service", str(key))), lines[key], amount, told))
    return text_grid(
        "lines-table", "Where today’s money stands in the accounts",
        ["service", "form and line", f"money of {place.settings.today_year}", "known"], rows,
        "Of the services whose money changes most; the workbook has all. Part of: its share of "
        "the line is assumed.",
    )  # fmt: skip


def _by_commissioner(potential: Potential) -> Grid:
    """Which services of each agency get less and more: three each way, the largest first.

    Who pays for a service that gets the same is one of many answers that are worth as much.
    """
    keys, names = ["commissioner", "service"], Names(potential.place)
    now, then = (
        potential.plans[name].money(keys).set_index(keys)["amount"] for name in ("today", "pooled")
    )
    change, rows = then.sub(now, fill_value=0.0), []

    def most(mine: pd.Series) -> str:
        return "; ".join(
            f"{names.of('service', key[1])} {money(by, signed=True)}"
            for key, by in mine[mine.abs() >= SHOWN][:_EACH_WAY].items()
        )

    for who, mine in change.groupby(level="commissioner"):
        less, more = most(mine[mine < 0].sort_values()), most(mine[mine > 0].sort_values()[::-1])
        if less or more:
            rows.append((sentence(names.of("agency", str(who))), less, more))
    return text_grid(
        "commissioners-table", "What each agency’s services get less and more",
        ["agency that commissions", "less for", "more for"], rows,
        "From today to best pooled, cash, all years: the three largest each way, whoever pays.",
    )  # fmt: skip


def _cash(potential: Potential) -> Grid:
    """Cash that leaves a budget and capacity released, by agency: the Exchequer apart."""
    found, names, rows = (
        {k: cash(p) for k, p in potential.plans.items()},
        Names(potential.place),
        [],
    )
    shown = [name for name in ("today", "siloed", "pooled") if name in found]
    for part, words in (("leaves", LEAVES), ("exchequer", EXCHEQUER), ("again", AGAIN)):
        table = pd.DataFrame({name: found[name][part] for name in shown}).fillna(0.0)
        table = table[table.abs().max(axis=1) >= 0.5]
        whole = [("all", table.sum())] if len(table) > 1 else []
        for who, row in (*table.iterrows(), *whole):
            by = who if who == "all" else sentence(names.of("agency", str(who)))
            rows.append((words, by, *(money(float(row[name])) for name in shown)))
    return text_grid(
        "cash-table", "Cash and capacity by agency",
        ["what becomes of it", "agency", *(TITLES[name] for name in shown)], rows,
        "Cashable savings of all years as they fall, in prices of the price base.",
    )  # fmt: skip


def _pools(potential: Potential) -> Grid:
    """What agencies pay into pools and get from them, today and as proposed."""
    found, names, rows = payers(potential), Names(potential.place), []
    first = potential.place.years[0]
    columns = ["today", "pooled", "bound", "today_first", "pooled_first", "back", "net"]
    for pool, mine in found.groupby("pool", sort=False):
        sums = [
            (names.of("agency", row["agency"]), row, at_limit(row)) for _, row in mine.iterrows()
        ]
        for who, row, limit in (*sums, ("all", mine[columns].sum(), "")):
            cells = (money(float(row[name]), signed=name == "net") for name in columns)
            rows.append((names.of("pool", str(pool)), who, *cells, limit))
    return text_grid(
        "pools-table", "What is paid into pools, and what they pay for",
        ["pool", "agency", "today, all years", "best pooled, all years", "must be paid",
         f"today, {first}", f"best pooled, {first}", "for its services", "back less paid in",
         "at a limit"],
        rows, "Cash. Today: today’s money carried on. Must be paid: the least, in all years. For "
        "its services: what the pool pays, in all years, for services the agency commissions; back "
        "less paid in: that less what it pays in, in the best pooled plan, below nought where it "
        "pays in more than it gets back. At a limit: the least or the most of the table of "
        "contributions, with the status of that figure.",
    )  # fmt: skip


def _hangs(potential: Potential) -> list[Grid]:
    """The figures on which the gain of pooling hangs, with both plans kept as they are."""
    found = hangs_on(potential)
    if found is None or found.tables["figures"].empty:
        return []
    nought = at_nought(found, "hangs")
    shown = found.tables["figures"].head(_HANGS).to_dict("records")
    rows = [
        (
            found.called(row), found.said(row, row["amount"]), row["prices"], row["status"],
            "bends" if row["bends"] else money(row["hangs"], signed=True),
            *("never" if pd.isna(row[end]) else found.said(row, row[end])
              for end in ("half_kept", "switching")),
        )
        for row in shown
    ]  # fmt: skip
    return [
        text_grid(
            "hangs-table", "Figures on which the gain of pooling hangs, those that hold most of it",
            ["figure", "now", "prices of", "status", "hangs on it", "half gone at", "none left at"],
            rows, "Both plans kept as they are. Hangs on it: for each per cent of the figure, "
            "times a hundred; bends: a little more and a little less of it bring unlike amounts. "
            "Half gone and none left: found by working both plans out there; never: from a tenth "
            "of it to ten times as much, of a value at no amount. A value in prices of another "
            "year is uprated. "
            "Looked at: all values, and effects, unit costs and needs of every service on which "
            "the two plans spend otherwise.",
        ),
        *([nought] if nought.rows else []),
    ]  # fmt: skip


def _status_grid(place: Place) -> Grid:
    table = money_by_status(place)
    rows = [
        Row(
            str(status),
            (
                money(row["funding"]),
                _share(row["funding_share"]),
                money(row["base"]),
                _share(row["base_share"]),
                money(row["today"]),
                _share(row["today_share"]),
            ),
        )
        for status, row in table.iterrows()
    ]
    year = place.settings.today_year
    columns = [
        "figures are",
        "funding, all years",
        "share",
        f"funding, {year}",
        f"share of {year}",
        "spent today",
        "share of today",
    ]
    note = "Published: printed by the publisher named. Derived: worked out from published figures. "
    note += "Illustrative: assumed, to be replaced by the place’s own. "
    note += "Borrowed: of another place or of the library."
    return Grid("status-table", "Money by status of its figures", columns, rows, note)


def _share(value: float) -> str:
    return "" if pd.isna(value) else percent(value)


def _discount(place: Place) -> str:
    """How money is discounted, and what people gain by outcomes with a discount of their own."""
    outcomes = place.filled("outcomes")
    named = outcomes["name"].fillna(outcomes["outcome"])
    own = named.groupby(outcomes["discount"], sort=True)
    said = (f"{listed(each.tolist())}: {_rate(own_discount(rate))}" for rate, each in own)
    return "; ".join([_rate(place.settings.discount), *said])


def _rate(rate: Any) -> str:
    if isinstance(rate, str):
        return f"schedule of the {rate.title()}"
    if isinstance(rate, int | float):
        return f"{as_set(100 * rate)}% a year"
    return "; ".join(f"{as_set(100 * each)}% to year {last}" for last, each in rate)


def _gains(potential: Potential) -> list[Grid]:
    """Who pays and who gains between best aligned and best pooled, over all years."""
    aligned, pooled = potential.plans["aligned"], potential.plans["pooled"]
    sheets = tables.who_gains(aligned, pooled, name_of("aligned", "pooled"))
    return [sheet_grid(sheet, "gains", "agency") for sheet in sheets]


def _why(potential: Potential) -> Iterator[dict[str, Any]]:
    """Explanations of the services whose money changes most, from today to best pooled."""
    today, pooled = potential.plans["today"], potential.plans["pooled"]
    names = pooled.labels["services"].set_index("service")["name"]
    change = changes(today, pooled)
    for service in change[change.abs() >= 0.5].index[:LARGEST]:
        yield {
            "title": f"{sentence(str(names[service]))}: "
            f"{money(change[service], signed=True)} against today",
            "sentences": explained(potential, str(service)),
        }


def _figures_grid(place: Place) -> Grid:
    table = rows_by_status(place)
    rows = [
        Row(str(name).replace("_", " "), tuple(number(count) for count in counts))
        for name, counts in zip(table.index, table.to_numpy().tolist(), strict=True)
    ]
    caption = "Rows of each table by status"
    return Grid("figures-table", caption, ["table", *STATUSES], rows, uprating(place))


def _assumptions(place: Place) -> Iterator[Grid]:
    if len(place.evidence):
        grades = place.filled("evidence")
        titles = grades["name"].fillna("")
        said = zip(grades["grade"], titles, grades["optimism_bias"], strict=True)
        rows = [
            (f"{g}: {title}" if title else g, f"{as_set(100 * bias)}%") for g, title, bias in said
        ]
        yield text_grid(
            "evidence-table",
            "Grades of evidence, and what is taken off effects for optimism",
            ["grade", "optimism bias"],
            rows,
        )
    if len(place.sources):
        shown = place.sources[["title", "publisher", "year", "reference", "licence"]]
        yield text_grid(
            "sources-table", "Sources", list(shown.columns), shown.itertuples(index=False)
        )


def report(potential: Potential) -> str:
    """The report on today and the plans beside it as a page.

    Parameters
    ----------
    potential : Potential
        The plans.

    Returns
    -------
    str
        A whole HTML document.

    Examples
    --------
    >>> import placebudget as pb
    >>> text = report(pb.potential(pb.example("toy_pooling")))
    >>> "Modelled potential" in text
    True
    """
    return rendered("report.html", report_facts(potential))


def plan_page(plan: Plan, beside: Mapping[str, Plan] | None = None) -> str:
    """One plan as a page, with its drawing and the report on its figures.

    Parameters
    ----------
    plan, beside
        As for :func:`~placebudget.plan.drawing.plan_drawing`.

    Returns
    -------
    str
        A whole HTML document.

    Examples
    --------
    >>> import placebudget as pb
    >>> "<h1>" in plan_page(pb.simulate(pb.example("toy_pooling")))
    True
    """
    return rendered("plan.html", {**plan_facts(plan), "drawn": drawn_facts(plan, beside)})


def study_page(found: Result) -> str:
    """The answer of a study as a page.

    Parameters
    ----------
    found : Result
        What any study gives.

    Returns
    -------
    str
        A whole HTML document.

    Examples
    --------
    >>> import placebudget as pb
    >>> "Ways to share the gain" in study_page(pb.sharing(pb.example("toy_pooling")))
    True
    """
    return rendered("study.html", study_facts(found))


def minutes_page(found: Minutes) -> str:
    """Minutes as a page, a heading for each of their parts."""
    page = {
        "title": found.title,
        "question": "",
        "sections": found.sections,
        "notes": found.notes,
        "version": found.run["versions"]["placebudget"],
    }
    return rendered("minutes.html", page)


def page_of(shown: object) -> str:
    """The page of a plan, a study or minutes; of a potential, the report on its plans.

    Raises
    ------
    WrongArgument
        If it is neither a plan nor an answer.
    """
    if isinstance(shown, Plan):
        return plan_page(shown)
    if isinstance(shown, Potential):
        return report(shown)
    if isinstance(shown, Minutes):
        return minutes_page(shown)
    needed = "a plan (of pb.optimise or pb.simulate) or the answer of a study"
    return study_page(instance("shown", shown, Result, needed))
