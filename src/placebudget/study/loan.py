"""What a loan costs, year by year and to the penny, and what it costs to repay it early.

A period is half a year, or a year; i is the rate of a period, n the number of them.

annuity    instalment = amount x i / (1 - (1 + i)^-n), the same each time
EIP        principal = amount / n each time, interest on what is left
maturity   interest each time, all principal with the last

Interest and instalments are rounded to the penny; the last payment clears what is left. Revenue
bears the interest and a provision for repayment, by convention the principal of an annuity over
the same years; statutory minimum revenue provision is not modelled.

Repaid early, with f the days since the last payment as a share of a period, and d the discount
rate of a period, each pound left costs, beside itself,

premium = (1 + d f) x (payments still to come, discounted at d) - (1 + i f)

and below nothing it is a discount: the formula of the Public Works Loan Board for fixed rates.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, flag, number, one_of, whole
from placebudget.errors import CannotAnswer
from placebudget.plan.record.record import run_record
from placebudget.plan.summary import Summary, sentences
from placebudget.study.result import StudyResult
from placebudget.words import number as figure
from placebudget.words import pence

ANNUITY, EIP, MATURITY = "annuity", "eip", "maturity"
KINDS = {
    ANNUITY: "annuity: the same payment each time",
    EIP: "equal instalments of principal",
    MATURITY: "maturity: principal with the last payment",
}
_HALF_YEAR = 182.5
"""Days in half a year, by the convention of the lender."""


@dataclass(frozen=True, eq=False)
class Loan(StudyResult):
    """What a loan costs.

    ``tables`` holds, in pounds to the penny:

    - ``sources``: source, amount: what pays for the scheme, which adds up to its cost;
    - ``payments``: payment, year, interest, principal, paid, left;
    - ``years``: year, interest, principal, paid, provision, revenue (what revenue bears),
      income, cover (income over revenue; a number);
    - ``repayment``: payments_left, left, premium (below nothing a discount), clears: what it
      takes to repay early; empty where that is not asked.
    """

    @property
    def table(self) -> pd.DataFrame:
        """Year by year."""
        return self.tables["years"]

    @property
    def sums(self) -> Mapping[str, Collection[str]]:
        """Which columns of which tables are parts of a total."""
        return {
            "sources": ("amount",),
            "payments": ("interest", "principal", "paid"),
            "years": ("interest", "principal", "paid", "provision", "revenue"),
        }

    @property
    def amount(self) -> float:
        """What is borrowed, in pounds."""
        return float(self.tables["payments"]["principal"].sum())

    @property
    def cover(self) -> float:
        """Income over what revenue bears, in the year in which that is least."""
        return float(self.table["cover"].min())

    @property
    def carries(self) -> float:
        """The loan whose annuity over the same years takes all the income, in pounds."""
        asked = self.run["options"]
        each = 2 if asked["half_yearly"] else 1
        paid = instalment(asked["rate"] / each, asked["years"] * each)
        return round(float(asked["income"]) / each / paid, 2)

    def finding(self) -> str:
        """What a year of the loan costs, and whether the income covers it."""
        most = float(self.table["revenue"].max())
        said = f"A loan of {pence(self.amount)} costs revenue {pence(most)} a year"
        said += "" if most - float(self.table["revenue"].min()) < 1 else " at most"
        if not self.table["income"].any():
            return said
        return f"{said}; income covers that {figure(self.cover, 3)} times"

    def summarised(self) -> Summary:
        """The loan, its cost in all, and early repayment."""
        years = self.table
        said = [
            f"{self.finding()}.",
            f"In all {pence(float(years['paid'].sum()))} is paid back over {len(years)} years, "
            f"{pence(float(years['interest'].sum()))} of it interest.",
        ]
        if years["income"].any():
            said.append(
                f"As an annuity over as many years the income carries {pence(self.carries)}."
            )
            if self.cover < 1:
                short = float((years["revenue"] - years["income"]).max())
                said.append(f"The income falls short, by up to {pence(short)} a year.")
        for row in self.tables["repayment"].itertuples():
            what = "a premium" if row.premium >= 0 else "a discount"
            said.append(
                f"With {row.payments_left} payments still to come it could be repaid for "
                f"{pence(row.clears)}: {pence(row.left)}, interest since the last payment and "
                f"{what} of {pence(abs(row.premium))}."
            )
        return Summary(self.title, tuple(sentences(said)))


def loan(
    cost: float,
    *,
    grant: float = 0.0,
    contributions: float = 0.0,
    rate: float = 0.05,
    years: int = 25,
    kind: str = ANNUITY,
    half_yearly: bool = True,
    income: float = 0.0,
    payments_left: int = 0,
    days_since: int = 0,
    discount_rate: float = 0.0,
) -> Loan:
    """What a loan for a scheme costs, to the penny, and what it takes to repay it early.

    Parameters
    ----------
    cost : float
        What the scheme costs, in pounds.
    grant, contributions : float
        What grant and developers pay of it; the rest is borrowed.
    rate : float
        Rate of the loan, a year; 0.05: five per cent.
    years : int
        Over how many years it is repaid.
    kind : str
        ``"annuity"``, ``"eip"`` (equal instalments of principal) or ``"maturity"``.
    half_yearly : bool
        Whether payments fall due every half year, as those to the Public Works Loan Board.
    income : float
        What the scheme brings a year, net, in pounds.
    payments_left, days_since : int
        When it might be repaid early: how many payments are still to come, and days since the
        last one. Nought payments: not asked.
    discount_rate : float
        Rate of the lender for early repayment, a year.

    Raises
    ------
    CannotAnswer
        If nothing has to be borrowed.
    WrongArgument
        If what was given cannot be meant; all of it is named.

    Examples
    --------
    >>> found = loan(1_000_000, rate=0.05, years=25, half_yearly=False)
    >>> float(found.table["paid"].iloc[0])
    70952.46
    >>> early = loan(12e6, rate=0.08375, years=3, kind="maturity", payments_left=6,
    ...                   days_since=14, discount_rate=0.115)
    >>> float(early.tables["repayment"]["premium"].iloc[0])
    -919000.48
    """
    with Arguments() as asked:
        cost = asked.read(number, "cost", cost, above=0)
        grant = asked.read(number, "grant", grant, least=0)
        contributions = asked.read(number, "contributions", contributions, least=0)
        rate = asked.read(number, "rate", rate, least=0, below=1)
        years = asked.read(whole, "years", years, least=1, most=100)
        kind = asked.read(one_of, "kind", kind, KINDS)
        half_yearly = asked.read(flag, "half_yearly", half_yearly)
        income = asked.read(number, "income", income, least=0)
        payments_left = asked.read(whole, "payments_left", payments_left)
        days_since = asked.read(whole, "days_since", days_since, most=366)
        discount_rate = asked.read(number, "discount_rate", discount_rate, least=0, below=1)
    each = 2 if half_yearly else 1
    borrowed, number_of = _pennies(cost) - _pennies(grant) - _pennies(contributions), years * each
    if borrowed <= 0:
        raise CannotAnswer("grant and contributions pay for all of it, so that nothing is borrowed")
    if payments_left > number_of:
        raise CannotAnswer(f"{payments_left} payments cannot be still to come of {number_of}")
    paid = _schedule(borrowed, rate / each, number_of, kind)
    provided = _schedule(borrowed, rate / each, number_of, ANNUITY)
    tables = {
        "sources": pd.DataFrame(
            {
                "source": ["grant", "contributions", "loan"],
                "amount": [_pennies(grant) / 100, _pennies(contributions) / 100, borrowed / 100],
            }
        ),
        "payments": _payments(paid, borrowed, each),
        "years": _by_year(paid, provided, each, income),
        "repayment": _repayment(
            paid, borrowed, rate, discount_rate, each, payments_left, days_since
        ),
    }
    notes = (
        "Amounts are pounds to the penny; the last payment clears what rounding leaves.",
        "Revenue bears the interest and a provision equal to the principal of an annuity over the "
        "same years: a convention. Statutory minimum revenue provision is not modelled.",
        "Not all that a scheme brings is new: income that would have come anyway is not its own.",
        "Early repayment is by the formula of the Public Works Loan Board for fixed rates, with "
        "half a year of 182.5 days.",
    )
    options = {
        "cost": cost, "grant": grant, "contributions": contributions, "rate": rate,
        "years": years, "kind": kind, "half_yearly": half_yearly, "income": income,
        "payments_left": payments_left, "days_since": days_since, "discount_rate": discount_rate,
    }  # fmt: skip
    run = run_record(study="loan", options=options)
    return Loan("What a loan costs", tables, notes, run)


def instalment(rate: float, periods: int) -> float:
    """What an annuity pays each period for a pound.

    Examples
    --------
    >>> round(instalment(0.0575, 6), 10)
    0.2017680253
    """
    return 1.0 / periods if rate == 0 else float(rate / (1.0 - (1.0 + rate) ** -periods))


def _schedule(loan: int, rate: float, periods: int, kind: str) -> list[tuple[int, int]]:
    """Interest and principal of every payment, in pennies."""
    left, found = loan, []
    whole_payment = round(loan * instalment(rate, periods))
    for n in range(periods):
        interest = round(left * rate)
        principal = {
            ANNUITY: whole_payment - interest,
            EIP: round(loan / periods),
            MATURITY: 0,
        }[kind]
        principal = left if n == periods - 1 else min(principal, left)
        found.append((interest, principal))
        left -= principal
    return found


def _payments(paid: Sequence[tuple[int, int]], loan: int, each: int) -> pd.DataFrame:
    parts = np.array(paid, np.int64)
    return pd.DataFrame(
        {
            "payment": np.arange(1, len(parts) + 1),
            "year": np.arange(len(parts)) // each + 1,
            "interest": parts[:, 0] / 100,
            "principal": parts[:, 1] / 100,
            "paid": parts.sum(axis=1) / 100,
            "left": (loan - parts[:, 1].cumsum()) / 100,
        }
    )


def _by_year(
    paid: Sequence[tuple[int, int]],
    provided: Sequence[tuple[int, int]],
    each: int,
    income: float,
) -> pd.DataFrame:
    parts = np.array(paid, np.int64).reshape(-1, each, 2).sum(axis=1)
    provision = np.array(provided, np.int64).reshape(-1, each, 2).sum(axis=1)[:, 1]
    revenue = parts[:, 0] + provision
    return pd.DataFrame(
        {
            "year": np.arange(1, len(parts) + 1),
            "interest": parts[:, 0] / 100,
            "principal": parts[:, 1] / 100,
            "paid": parts.sum(axis=1) / 100,
            "provision": provision / 100,
            "revenue": revenue / 100,
            "income": float(_pennies(income) / 100),
            "cover": np.divide(
                income * 100, revenue, out=np.full(len(revenue), np.nan), where=revenue > 0
            ),
        }
    )


def _repayment(
    paid: Sequence[tuple[int, int]],
    loan: int,
    rate: float,
    discount_rate: float,
    each: int,
    payments_left: int,
    days_since: int,
) -> pd.DataFrame:
    names = ["payments_left", "left", "premium", "clears"]
    if not payments_left:
        return pd.DataFrame(columns=names).astype(dict.fromkeys(names[1:], float))
    i, d, part = rate / each, discount_rate / each, days_since / (_HALF_YEAR * 2 / each)
    left = loan - sum(principal for _, principal in paid[: len(paid) - payments_left])
    due = np.array(paid[len(paid) - payments_left :], np.int64).sum(axis=1)
    now = float((due / (1.0 + d) ** np.arange(1, payments_left + 1)).sum())
    premium = round((1.0 + d * part) * now - (1.0 + i * part) * left)
    since = round(i * part * left)
    row = (payments_left, left / 100, premium / 100, (left + since + premium) / 100)
    return pd.DataFrame([row], columns=names)


def _pennies(pounds: float) -> int:
    return round(pounds * 100)
