"""What a plan borrows: its record in a plan, the sentence on each loan, and its money by stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from placebudget.place.names import Names, loan_words
from placebudget.place.settings import years_between
from placebudget.programme import Basis
from placebudget.words import money, number, percent, plain, sentence

if TYPE_CHECKING:
    from placebudget.place import Place
    from placebudget.plan.plan import Plan

BORROWED = "borrowed"


def debt_record(basis: Basis, pounds: Mapping[str, float]) -> dict[str, Any]:
    """What is borrowed of each loan, as a run records it; nothing where a place has no loans.

    By loan: ``pounds``, ``stream``, ``borne_by``, ``year``, ``moved`` (by stream
    and year of money, what it brings and, below nothing, takes),
    ``most_a_year`` (in any year), ``until`` (the last year), ``left`` (what is not provided for
    after the last year of money), ``counted`` (what that takes off the value of the plan), and
    ``cover`` (what its stream brings over what it bears, in the year of money in which that is
    least; nothing where no year of money bears any).
    """
    if not basis.loans:
        return {}
    found = {}
    funding = basis.place.filled("funding").set_index(["stream", "year"])["amount"]
    for loan, worth in zip(basis.loans, basis.debt_worth, strict=True):
        amount = pounds.get(loan.name, 0.0)
        if not amount:
            continue
        borne = np.round(amount * loan.borne, 2)
        lasts = int((loan.borne > 0).sum()) + len(loan.after)
        # Where an agency ends its successors bear what it bore.
        moved = {name: np.round(amount * part, 2) for name, part in loan.moves.items()}
        bearing = [name for name, part in moved.items() if (part < 0).any()]
        brings = [
            sum(float(funding.get((name, year), 0.0)) for name in bearing) for year in basis.years
        ]
        cover = [float(has / takes) for has, takes in zip(brings, borne, strict=True) if takes]
        found[loan.name] = {
            "pounds": amount,
            "stream": loan.stream,
            "borne_by": loan.borne_by,
            "year": basis.years[loan.first],
            "moved": {name: part.tolist() for name, part in moved.items()},
            "most_a_year": round(amount * float(max([*loan.borne, *loan.after])), 2),
            "until": years_between(basis.years[loan.first], lasts + 1)[-1],
            "left": round(amount * loan.left, 2),
            "counted": round(amount * float(worth), 2),
            "cover": min(cover, default=None),
        }
    return {BORROWED: found}


def debt_counted(run: Mapping[str, Any]) -> float:
    """What is owed after the last year of money takes off the public value of a plan, in pounds.

    Examples
    --------
    >>> debt_counted({"borrowed": {"road": {"counted": 7e6}}}), debt_counted({})
    (7000000.0, 0.0)
    """
    return float(sum(loan["counted"] for loan in run.get(BORROWED, {}).values()))


def borrowed_by_stream(plan: Plan) -> pd.DataFrame:
    """stream, year, borrowed and borne, in pounds, of a plan; no row where it borrows nothing."""
    years = list(plan.place["years"])
    rows = []
    for loan in plan.run.get(BORROWED, {}).values():
        rows += [
            (stream, year, max(pounds, 0.0), max(-pounds, 0.0))
            for stream, moved in loan["moved"].items()
            for year, pounds in zip(years, moved, strict=True)
        ]
    found = pd.DataFrame(rows, columns=["stream", "year", "borrowed", "borne"])
    found = found.astype({"borrowed": float, "borne": float})
    return found.groupby(["stream", "year"], as_index=False)[["borrowed", "borne"]].sum()


def loans_said(plan: Plan, streams: frozenset[str] | None = None) -> Iterator[str]:
    """What a plan borrows of each loan, what that costs and what it leaves to later years.

    Parameters
    ----------
    streams : frozenset of str, optional
        Loans into these streams alone.

    Examples
    --------
    >>> import placebudget as pb
    >>> list(loans_said(pb.simulate(pb.example("toy_pooling"))))
    []
    """
    place = plan.source
    if place is None or BORROWED not in plan.run:
        return
    names = Names(place)
    for row in place.filled("loans").to_dict("records"):
        if row["most"] > 0 and (streams is None or row["stream"] in streams):
            taken = plan.run[BORROWED].get(row["loan"])
            said = loan_words(row, names)
            yield f"{said}; the plan borrows {taken_words(taken, place, names)}"


def taken_words(taken: Mapping[str, Any] | None, place: Place, names: Names) -> str:
    """What is borrowed of a loan, and what it costs."""
    if taken is None:
        return "nothing of it"
    by = names.of("stream", taken["borne_by"])
    said = (
        f"{money(taken['pounds'])}, for which {by} bears {money(taken['most_a_year'])} a year at "
        f"most until {taken['until']}"
    )
    if taken["cover"] is not None:
        said += f" (what it brings covers that {number(taken['cover'], 2)} times)"
    if taken["left"] >= 1:
        said += (
            f"; {money(taken['left'])} is left to years after {place.years[-1]} and takes "
            f"{money(taken['counted'])} off what the plan is worth"
        )
    return said


def gates_said(place: Place) -> Iterator[str]:
    """What stands behind each gateway that is not passed.

    Examples
    --------
    >>> import placebudget as pb
    >>> list(gates_said(pb.example("toy_pooling")))
    []
    """
    for row in place.filled("gateways").to_dict("records"):
        if not row["passed"]:
            yield sentence(gate_words(row))


def gate_words(row: Mapping[str, Any] | pd.Series) -> str:
    """What a gateway that is not passed stops.

    Examples
    --------
    >>> row = {"gateway": "outline_case", "offer": "road_2", "year": "2028-29", "released": 0.1}
    >>> gate_words(row)
    'outline case is not passed in 2028-29, so that no more than 10% of road 2 can be bought'
    """
    least = f"no more than {percent(row['released'])}" if row["released"] else "nothing"
    return (
        f"{plain(str(row['gateway']))} is not passed in {row['year']}, so that {least} of "
        f"{plain(str(row['offer']))} can be bought"
    )
