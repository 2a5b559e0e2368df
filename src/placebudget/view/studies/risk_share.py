"""Who bears an overspend of a pool: the waterfall of a section 75 agreement, to the penny."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from placebudget.errors import WrongArgument
from placebudget.place.io.loose import POOL_LINES, POOL_SHARES
from placebudget.study import RiskShare, risk_share
from placebudget.study.trace import lines_of, overspent_pool, partners_of, pools_of
from placebudget.view.studies.common import StudyView, bars, pence, penny_table, view_of
from placebudget.view.studies.entry import (
    PLANNED,
    Amount,
    Cell,
    Choice,
    Flag,
    Study,
    Subject,
    TableOf,
)
from placebudget.words import as_set

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
        Choice(
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
        ),
        Amount(name="overspend", about="share by which services cost more", default=0.05),
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
        TableOf(
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
        ),
        Amount(
            name="risk_pool",
            label="Risk pool",
            about="pounds set aside",
            unit="£ set aside for overspends",
            group=_AROUND,
            asked=True,
        ),
        Flag(
            name="pass_on",
            label="What lies above a cap passes to the other partners",
            about="what is above a cap passes to others",
            hint="Without this it has no money behind it.",
            group=_AROUND,
            asked=True,
        ),
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
