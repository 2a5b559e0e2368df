"""Sums to the penny: who bears an overspend, what a loan costs, what is paid for outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.errors import WrongArgument
from placebudget.place.io.loose import POOL_LINES, POOL_SHARES
from placebudget.study import Loan, OutcomeContract, RiskShare, loan, outcome_contract, risk_share
from placebudget.study.trace import lines_of, overspent_pool, partners_of, pools_of
from placebudget.value import KINDS_OF_LOANS
from placebudget.view.studies.common import StudyView, bars, pence, penny_table, view_of
from placebudget.view.studies.entry import (
    PLANNED,
    Amount,
    Cell,
    Choice,
    Flag,
    Rate,
    Study,
    Subject,
    TableOf,
    Whole,
)
from placebudget.words import as_set, money, number, percent

# The example: the largest line costs more than planned, the second less.
_EXAMPLE = (0.05, -0.02)
_MEANING = {"underspends in the pool": " (its underspend)", "agreed shares": " (its agreed share)"}


def _finding(found: RiskShare) -> str:
    over = float(found.tables["lines"]["over"].sum())
    if not over:
        return "Nothing is overspent, so nothing is to be shared"
    if not found.unfunded:
        return f"All of the {pence(over)} overspent has money behind it"
    return f"Of {pence(over)} overspent, {pence(found.unfunded)} has no money behind it"


def _view(found: RiskShare, key: str) -> StudyView:
    """The waterfall, the partners and the lines."""
    steps, lines = found.table, found.tables["lines"].set_index("line")
    partners = found.tables["partners"].set_index("partner")
    rows = steps.rename(columns={"source": "label", "amount": "value"})
    chart = bars(
        f"{key}-steps", f"{_finding(found)}.",
        "Who meets the overspend, pounds, in the order agreed.",
        rows[["label", "value"]], "pounds", rows["label"].tolist(),
    )  # fmt: skip
    partners["share"] = [f"{as_set(share)}%" for share in partners["share"]]
    partners["cap"] = ["no cap" if pd.isna(cap) else pence(cap) for cap in partners["cap"]]
    partners = partners.rename(
        columns={"share": "agreed share", "due": "due before its cap", "above_cap": "above its cap"}
    )
    waterfall = steps.set_index(steps["source"] + steps["step"].map(_MEANING).fillna(""))
    waterfall = waterfall[["amount", "left"]].set_axis(["meets", "left after it"], axis=1)
    lines = lines.rename(columns={"used": "used for others"})
    return view_of(
        [chart],
        [
            penny_table(
                f"{key}-waterfall", "Who meets the overspend, step by step", "who", waterfall,
                ["meets"],
            ),
            penny_table(
                f"{key}-partners", "What partners pay", "partner", partners,
                ["due before its cap", "pays", "above its cap"],
            ),
            penny_table(f"{key}-lines", "Lines of the pool", "line", lines, list(lines.columns)),
        ],
    )  # fmt: skip


def _ask(
    subject: Subject,
    *,
    pool: str | None,
    lines: pd.DataFrame | None,
    shares: pd.DataFrame | None,
    overspend: float,
    risk_pool: float,
    pass_on: bool,
    **plan: str,
) -> RiskShare:
    if lines is None:
        lines, contributed = overspent_pool(subject.planned(**plan), pool, overspend)
        shares = contributed if shares is None else shares
    if shares is None:
        raise WrongArgument("an agreement's lines need its shares: --shares FILE.csv.")
    if "actual" not in lines:
        lines = lines.assign(actual=(lines["budget"] + lines["over"]).round(2))
    found = risk_share(
        lines[["line", "budget", "actual"]], shares, risk_pool=risk_pool, pass_on=pass_on
    )
    if pool is None:
        return found
    called = "" if subject.plan is None else pools_of(subject.plan).get(pool, pool)
    options = {**found.run["options"], "pool": pool}
    title = f"Sharing an overspend of {called or pool}"
    return replace(found, title=title, run={**found.run, "options": options})


def _lines(subject: Subject, values: Mapping[str, object]) -> pd.DataFrame:
    lines = lines_of(subject.whole(), subject.planned(**_PLAN), str(values["pool"]))
    over = [round(part * budget) for part, budget in zip(_EXAMPLE, lines["budget"], strict=False)]
    return lines.assign(over=[*over, *[0.0] * (len(lines) - len(over))])


def _partners(subject: Subject, values: Mapping[str, object]) -> pd.DataFrame:
    return partners_of(subject.whole(), subject.planned(**_PLAN), str(values["pool"])).assign(
        cap=None
    )


_PLAN = {each.name: each.default for each in PLANNED}
_BORNE = "Who agreed to bear it"
_AROUND = "Before and after the shares"
# What an agreement on a pool is asked with, in all studies of one.

POOL = Choice(
    name="pool",
    label="Pool",
    about="which pool",
    group="Which pool",
    asked=True,
    nothing="the largest",
    choices=lambda subject: pools_of(subject.planned(**_PLAN)),
    button="Take this pool",
    none=(
        "No pool pays for anything in the best pooled plan, so no overspend is shared",
        "Let agencies pool money, then recalculate.",
    ),
)
OVERSPEND = Amount(name="overspend", about="share by which services cost more", default=0.05)
SHARES = TableOf(
    name="shares",
    label="Agreed shares and caps",
    about="a table of partner, share in per cent and, where there is one, cap",
    group=_BORNE,
    group_hint="The boxes hold first what each pays into the pool, as a share.",
    asked=True,
    nothing="by contribution",
    table=POOL_SHARES,
    rows=_partners,
    cells=(
        Cell("share", "agreed share", "% of what is to be shared", per_cent=True),
        Cell("cap", "cap", "£, blank where there is no cap", blank=None),
    ),
)
RISK_POOL = Amount(
    name="risk_pool",
    label="Risk pool",
    about="pounds set aside",
    unit="£ set aside for overspends",
    group=_AROUND,
    asked=True,
)
PASS_ON = Flag(
    name="pass_on",
    label="What lies above a cap passes to the other partners",
    about="what is above a cap passes to others",
    hint="Without this it has no money behind it.",
    group=_AROUND,
    asked=True,
)

STUDY = Study(
    name="risk_share",
    about="who pays, step by step, when a pooled budget overspends",
    question="Who pays when the pool overspends?",
    ask=_ask,
    view=_view,
    finding=_finding,
    modelled=False,
    arguments=(
        *PLANNED,
        POOL,
        OVERSPEND,
        TableOf(
            name="lines",
            label="What each line costs more or less",
            group="{pool}: over or under budget",
            group_hint="Over all years of the best pooled plan. What stands here first is an "
            "example.",
            asked=True,
            table=POOL_LINES,
            place=True,
            rows=_lines,
            folded=(8, "Smaller lines of the pool"),
            cells=(
                Cell(
                    "over",
                    "",
                    "£ over its budget; under it with a minus",
                    hint=lambda row: f"Budget: {pence(row['budget'])}.",
                    least=lambda row: -float(row["budget"]),
                    below=lambda row: (
                        f"no more than its budget of {pence(row['budget'])} can be left over"
                    ),
                ),
            ),
        ),
        SHARES,
        RISK_POOL,
        PASS_ON,
    ),
    key="overspend",
    screen="Who pays an overspend",
    answers="An agreement under section 75 of the National Health Service Act 2006 says who bears "
    "an overspend: first what other lines of the pool underspend, then the risk pool, then the "
    "partners in agreed shares, each up to its cap. What is left has no money behind it.",
    lead=(
        "This is a sum of the figures in the boxes on this screen, to the penny; nothing is "
        "forecast. It says who would pay by the agreement, not who should.",
    ),
    wait="The boxes hold an example: the pool’s largest line costs 5% more than planned, the "
    "second 2% less, and partners bear what they pay in. Put your own figures in.",
    again="Change the figures",
    sums=True,
    more="share-an-overspend.md",
)


# What a loan for a scheme costs.


def _loan_view(found: Loan, key: str) -> StudyView:
    """What revenue bears year by year, sources, and early repayment."""
    years = found.table.set_index("year")
    parts = years[["interest", "provision"]].rename_axis("label").reset_index()
    long = parts.assign(label=parts["label"].map("year {}".format)).melt(
        "label", None, "series", "value"
    )
    order = list(dict.fromkeys(long["label"]))
    chart = bars(
        f"{key}-years", f"{found.finding()}.",
        "What revenue bears of the loan in each year, pounds.",
        long, "pounds", order, ["interest", "provision"],
    )  # fmt: skip
    told = years.assign(cover=[number(value, 3) if value else "" for value in years["cover"]])
    sources = found.tables["sources"].set_index("source")
    early = found.tables["repayment"].set_index("payments_left")
    paid = ["interest", "principal", "paid", "provision", "revenue"]
    return view_of(
        [chart],
        [
            penny_table(
                f"{key}-sources", "What pays for the scheme", "source", sources, ["amount"]
            ),
            penny_table(f"{key}-by-year", "The loan, year by year", "year", told, paid),
            penny_table(
                f"{key}-early", "What it takes to repay it early", "payments still to come", early,
                [], "A premium with a minus is a discount.",
            ),
        ],
    )  # fmt: skip


def _loan_ask(subject: Subject, **asked: Any) -> Loan:
    return loan(**asked)


_SCHEME, _LOAN, _EARLY = "The scheme", "The loan", "If it is repaid early"
LOAN = Study(
    name="loan",
    about="what a loan for a scheme costs revenue, to the penny, whether its income covers that, "
    "and what it takes to repay it early",
    question="What does the loan cost, and does the scheme carry it?",
    ask=_loan_ask,
    view=_loan_view,
    finding=Loan.finding,
    modelled=False,
    placeless=True,
    arguments=(
        Amount(
            name="cost", label="Cost of the scheme", about="what the scheme costs, in pounds",
            unit="£", group=_SCHEME, asked=True, default=1_000_000.0,
        ),
        Amount(
            name="grant", label="Grant", about="what grants pay of it, in pounds", unit="£",
            group=_SCHEME, asked=True,
        ),
        Amount(
            name="contributions", label="Developers and others",
            about="what developers and others pay of it, in pounds", unit="£", group=_SCHEME,
            asked=True,
        ),
        Amount(
            name="income", label="Net income", about="what it brings a year, net, in pounds",
            unit="£ a year", hint="Not all growth is the scheme’s own.", group=_SCHEME, asked=True,
        ),
        Rate(
            name="rate", label="Rate", about="rate of the loan, a year", unit="% a year",
            group=_LOAN, asked=True, default=0.05,
        ),
        Whole(
            name="years", label="Years", about="over how many years it is repaid", least=1,
            span=(1, 100), group=_LOAN, asked=True, default=25,
        ),
        Choice(
            name="kind", label="How it is repaid", about=", ".join(KINDS_OF_LOANS), group=_LOAN,
            asked=True, default="annuity", choices=KINDS_OF_LOANS,
        ),
        Flag(
            name="half_yearly", label="Payments every half year",
            about="payments fall due every half year", group=_LOAN, asked=True, default=True,
        ),
        Whole(
            name="payments_left", label="Payments still to come",
            about="how many payments are still to come when it is repaid early; 0: not asked",
            span=(0, 200), group=_EARLY, asked=True, default=0,
        ),
        Whole(
            name="days_since", label="Days since the last payment",
            about="days since the last payment then", span=(0, 366), group=_EARLY, asked=True,
            default=0,
        ),
        Rate(
            name="discount_rate", label="Rate for early repayment",
            about="rate of the lender for early repayment, a year", unit="% a year", group=_EARLY,
            asked=True,
        ),
    ),
    screen="What a loan costs",
    lead=(
        "This is a sum of the figures in the boxes on this screen, to the penny; nothing is "
        "forecast, and nothing of it is in the plans.",
    ),
    wait="The boxes hold an example. Put your own figures in.",
    again="Change the figures",
    sums=True,
    more="what-a-loan-costs.md",
)  # fmt: skip


# What a contract for outcomes pays.


def _contract_view(found: OutcomeContract, key: str) -> StudyView:
    """What is paid and saved case by case, and what is to be expected."""
    cases = found.table.set_index("case")
    long = cases[["pays", "saves"]].rename_axis("label").reset_index()
    long = long.melt("label", None, "series", "value")
    chart = bars(
        f"{key}-cases", f"{found.finding()}.",
        "What the payer pays and saves of its own, pounds.",
        long, "pounds", list(cases.index), ["pays", "saves"],
    )  # fmt: skip
    told = cases.assign(reached=[number(value, 1) for value in cases["reached"]])
    row = found.on_average
    average = pd.DataFrame(
        {
            "figure": [
                percent(row["chance"]),
                *(money(row[name]) for name in ("payment", "at_expected", "pays", "saves")),
                money(row["net"], signed=True),
                *(percent(row[name], signed=True) for name in ("earned", "planned")),
            ],
        },
        index=[
            "chance that anything is paid", "payment to be expected",
            "payment at the outcome expected", "of the first, the payer bears",
            "the payer saves of its own", "saves less pays",
            "investors earn a year at the payment to be expected",
            "investors earn a year at the outcome expected",
        ],
    )  # fmt: skip
    return view_of(
        [chart],
        [
            penny_table(f"{key}-average", "What is to be expected", "figure", average, []),
            penny_table(f"{key}-by-case", "Case by case", "case", told, []),
        ],
    )


def _contract_ask(_: Subject, **asked: Any) -> OutcomeContract:
    return outcome_contract(**asked)


_TERMS, _REACHED, _SIDES = "The terms", "What is reached", "Who pays and invests"
CONTRACT = Study(
    name="outcome_contract",
    about="what a contract for outcomes, or a social impact bond, pays where outcomes are "
    "uncertain, against what the payer saves of its own and what investors get",
    question="Should we sign the contract for outcomes, at which price and threshold?",
    ask=_contract_ask,
    view=_contract_view,
    finding=OutcomeContract.finding,
    modelled=False,
    placeless=True,
    arguments=(
        Amount(
            name="price", label="Price of an outcome",
            about="what is paid for each outcome beyond the baseline, in pounds", unit="£",
            group=_TERMS, asked=True, default=1_000.0,
        ),
        Rate(
            name="threshold", label="Threshold",
            about="share of the baseline that has to be reached before anything is paid",
            unit="% of the baseline", group=_TERMS, asked=True, default=0.1,
        ),
        Amount(
            name="cap", label="Cap", about="the most that is paid, in pounds; 0: no limit",
            unit="£", group=_TERMS, asked=True,
        ),
        Whole(
            name="baseline", label="Without the service",
            about="how many there would be without the service", span=(0, 9_999_999),
            group=_REACHED, asked=True, default=1_000,
        ),
        Whole(
            name="expected", label="Fewer, or more, with it",
            about="how many outcomes beyond that are expected", span=(0, 9_999_999),
            group=_REACHED, asked=True, default=150,
        ),
        Rate(
            name="spread", label="How uncertain",
            about="standard deviation of what is reached over what is expected",
            unit="% of what is expected", group=_REACHED, asked=True, default=0.3,
        ),
        Rate(
            name="payer_share", label="This payer’s share",
            about="share of the payment that this payer bears", group=_SIDES, asked=True,
            default=1.0,
        ),
        Amount(
            name="saving", label="It saves of its own",
            about="what an outcome saves this payer of its own, cashable, in pounds", unit="£",
            group=_SIDES, asked=True, default=600.0,
        ),
        Amount(
            name="investment", label="Investors put in",
            about="what investors put in at the beginning, in pounds", unit="£", group=_SIDES,
            asked=True,
        ),
        Whole(
            name="paid_after", label="All is paid after", about="after how many years all is paid",
            unit="years", least=1, span=(1, 100), group=_SIDES, asked=True, default=5,
        ),
    ),
    screen="What a contract for outcomes pays",
    lead=(
        "This is a sum of the figures in the boxes on this screen; nothing is forecast, and "
        "nothing of it is in the plans.",
    ),
    wait="The boxes hold an example. Put your own figures in.",
    again="Change the figures",
    sums=True,
    more="sign-a-target.md",
)  # fmt: skip
