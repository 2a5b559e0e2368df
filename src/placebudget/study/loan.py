"""What others' money costs: a loan, year by year and to the penny, and a contract for outcomes.

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

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, flag, number, one_of, share, whole
from placebudget.errors import CannotAnswer
from placebudget.plan.record.record import run_record
from placebudget.plan.summary import Summary, sentences
from placebudget.study.result import StudyResult
from placebudget.value import ANNUITY, EIP, KINDS_OF_LOANS, MATURITY, instalment
from placebudget.words import as_set, money, pence, percent
from placebudget.words import number as figure

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
        kind = asked.read(one_of, "kind", kind, KINDS_OF_LOANS)
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


# What a contract for outcomes pays: by chance, and not by what is expected alone.
#
# payment(x) = min(cap, price x x) where x >= threshold x baseline, else 0
#
# x, how many fewer (or more) there are than the baseline, is taken to be spread normally around
# what is expected. As the payment steps at the threshold and ends at the cap, the payment to be
# expected is not that at the outcome expected.

_TENTH = 1.2815515655446004
"""Standard deviations beyond which one in ten lies."""


@dataclass(frozen=True, eq=False)
class OutcomeContract(StudyResult):
    """What a contract for outcomes pays, and what it is worth to who pays and who invests.

    ``tables`` holds, in pounds:

    - ``cases``: case, reached (outcomes beyond the baseline), payment, pays (this payer), saves
      (this payer, of its own), net (saves less pays);
    - ``expected``: chance (that anything is paid), payment, at_expected (the payment at the
      outcome expected), pays, saves, net, earned (return to investors a year at the payment to be
      expected), planned (the same at the outcome expected); both a share, nothing without
      investment.
    """

    @property
    def table(self) -> pd.DataFrame:
        """Case by case."""
        return self.tables["cases"]

    @property
    def on_average(self) -> Mapping[str, float]:
        """What is to be expected."""
        (row,) = self.tables["expected"].to_dict("records")
        return {str(name): float(value) for name, value in row.items()}

    def finding(self) -> str:
        """What is to be expected against what would be paid as planned."""
        row = self.on_average
        paid = f"{money(row['payment'])} is to be expected"
        return (
            f"Something is paid in {percent(row['chance'])} of cases, and {paid}, not the "
            f"{money(row['at_expected'])} of the outcome expected"
            if abs(row["payment"] - row["at_expected"]) >= 1
            else f"Something is paid in {percent(row['chance'])} of cases, and {paid}"
        )

    def summarised(self) -> Summary:
        """The payment, what the payer saves of its own, and what investors get."""
        row, asked = self.on_average, self.run["options"]
        said = [f"{self.finding()}."]
        least = asked["threshold"] * asked["baseline"]
        if least > asked["expected"]:
            said.append(
                f"Nothing is paid below {as_set(least)}, {percent(asked['threshold'])} of the "
                f"baseline of {as_set(asked['baseline'])}, and {as_set(asked['expected'])} are "
                "expected. The threshold is a share of the baseline, not of what is expected or of "
                "the way to a stretch."
            )
        more = "more" if row["net"] >= 0 else "less"
        said.append(
            f"The payer bears {money(row['pays'])} of it and saves {money(row['saves'])} of its "
            f"own: {money(abs(row['net']))} {more} than it pays."
        )
        if asked["price"] * asked["payer_share"] > asked["saving"]:
            said.append(
                "The price is above what an outcome saves the payer: what it pays for the rest "
                "is a cost, for what the outcome is worth otherwise."
            )
        if asked["investment"]:
            said.append(
                f"Investors earn {percent(row['earned'], signed=True)} a year at what is to be "
                f"expected, and {percent(row['planned'], signed=True)} at the outcome expected."
            )
        return Summary(self.title, tuple(sentences(said)))


def outcome_contract(
    price: float,
    expected: float,
    *,
    baseline: float,
    threshold: float = 0.1,
    cap: float = 0.0,
    spread: float = 0.3,
    payer_share: float = 1.0,
    saving: float = 0.0,
    investment: float = 0.0,
    paid_after: int = 5,
) -> OutcomeContract:
    """What a contract for outcomes pays where outcomes are uncertain, for who pays and invests.

    Parameters
    ----------
    price : float
        Pounds for each outcome beyond the baseline.
    expected : float
        Outcomes expected beyond the baseline: so many fewer reconvictions, so many more in work.
    baseline : float
        What there would be without the service.
    threshold : float
        Share of the baseline that has to be reached before anything is paid; 0.1: a tenth.
    cap : float
        The most that is paid, in pounds; nought: no limit.
    spread : float
        Standard deviation of what is reached over what is expected.
    payer_share : float
        Share of the payment that this payer bears.
    saving : float
        Pounds of its own that an outcome saves this payer, cashable.
    investment : float
        What investors put in at the beginning, in pounds.
    paid_after : int
        After how many years all is paid.

    Raises
    ------
    WrongArgument
        If what was given cannot be meant; all of it is named.

    Examples
    --------
    Peterborough's first cohort: 142 against 155 reconvictions is less than a tenth fewer.

    >>> found = outcome_contract(100_000, 155 - 142, baseline=155, spread=0)
    >>> found.on_average["payment"]
    0.0
    >>> back = outcome_contract(5.796, 1_000_000, baseline=1e6, investment=5e6, spread=0)
    >>> round(back.on_average["earned"], 3)
    0.03
    """
    with Arguments() as asked:
        price = asked.read(number, "price", price, least=0)
        expected = asked.read(number, "expected", expected, least=0)
        baseline = asked.read(number, "baseline", baseline, least=0)
        threshold = asked.read(number, "threshold", threshold, least=0)
        cap = asked.read(number, "cap", cap, least=0)
        spread = asked.read(number, "spread", spread, least=0)
        payer_share = asked.read(share, "payer_share", payer_share)
        saving = asked.read(number, "saving", saving, least=0)
        investment = asked.read(number, "investment", investment, least=0)
        paid_after = asked.read(whole, "paid_after", paid_after, least=1, most=100)
    terms = _Terms(price, threshold * baseline, cap or math.inf)
    wide = spread * expected
    cases = [
        ("one in ten is worse", max(expected - _TENTH * wide, 0.0)),
        ("at the threshold", terms.least),
        ("as expected", expected),
        ("one in ten is better", expected + _TENTH * wide),
    ]
    if price and cap:
        cases.append(("where the cap is reached", max(cap / price, terms.least)))
    rows = []
    for case, reached in sorted(cases, key=lambda each: each[1]):
        paid = terms.pays(reached)
        mine, saves = payer_share * paid, saving * reached
        rows.append((case, reached, paid, mine, saves, saves - mine))
    mean, saves = terms.mean(expected, wide), saving * expected
    at_expected = terms.pays(expected)
    average = {
        "chance": terms.chance(expected, wide),
        "payment": mean,
        "at_expected": at_expected,
        "pays": payer_share * mean,
        "saves": saves,
        "net": saves - payer_share * mean,
        "earned": _earned(mean, investment, paid_after),
        "planned": _earned(at_expected, investment, paid_after),
    }
    names = ["case", "reached", "payment", "pays", "saves", "net"]
    notes = (
        "What is reached is taken to be spread normally around what is expected; the payment to be "
        "expected is worked out, and not drawn.",
        "What the payer saves counts as it falls, in the years of the payment, and not discounted.",
        "What would have happened anyway is in the baseline: the higher that is set, the less is "
        "paid for nothing.",
    )
    options = {
        "price": price, "expected": expected, "baseline": baseline, "threshold": threshold,
        "cap": cap, "spread": spread, "payer_share": payer_share, "saving": saving,
        "investment": investment, "paid_after": paid_after,
    }  # fmt: skip
    tables = {
        "cases": pd.DataFrame(rows, columns=names),
        "expected": pd.DataFrame([average]),
    }
    run = run_record(study="outcome_contract", options=options)
    return OutcomeContract("What a contract for outcomes pays", tables, notes, run)


@dataclass(frozen=True)
class _Terms:
    """Price of an outcome, the least that has to be reached, and the most that is paid."""

    price: float
    least: float
    cap: float

    def pays(self, reached: float) -> float:
        """The payment for what was reached."""
        return min(self.cap, self.price * reached) if reached >= self.least else 0.0

    def chance(self, mean: float, wide: float) -> float:
        """That anything is paid."""
        if not wide or not self.price:
            return float(self.pays(mean) > 0)
        return 1.0 - _below(max(self.least, 0.0), mean, wide)

    def mean(self, mean: float, wide: float) -> float:
        """The payment to be expected."""
        if not wide or not self.price:
            return self.pays(mean)
        low = max(self.least, 0.0)
        top = max(self.cap / self.price, low)
        between = mean * (_below(top, mean, wide) - _below(low, mean, wide))
        between += wide * (_height(low, mean, wide) - _height(top, mean, wide))
        beyond = 1.0 - _below(top, mean, wide)
        return self.price * between + (beyond * self.cap if beyond else 0.0)


def _below(reached: float, mean: float, wide: float) -> float:
    return 1.0 if math.isinf(reached) else 0.5 * (1 + math.erf((reached - mean) / wide / 2**0.5))


def _height(reached: float, mean: float, wide: float) -> float:
    if math.isinf(reached):
        return 0.0
    return math.exp(-(((reached - mean) / wide) ** 2) / 2) / math.sqrt(2 * math.pi)


def _earned(payment: float, investment: float, years: int) -> float:
    """What investors earn a year; all is lost where nothing is paid."""
    return (payment / investment) ** (1 / years) - 1 if investment else 0.0
