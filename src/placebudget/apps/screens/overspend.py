"""Who pays an overspend of a pool: the waterfall of a section 75 agreement, to the penny."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from placebudget.apps.asked.overspend import Agreement, PoolTerms, pools_of, terms_of
from placebudget.apps.blocks import Block, Heading, More, TableBlock, TextBlock, Told
from placebudget.apps.forms import BoardForm, Box, Field, FieldGroup, Pick, Tick
from placebudget.apps.meeting import BoardAnswer, Meeting
from placebudget.apps.screens.pence import penny_table
from placebudget.apps.screens.screen import Screen
from placebudget.apps.screens.studied import BUTTON, LONG, Study
from placebudget.study import RiskShare
from placebudget.view.grid import Grid
from placebudget.words import as_set, number, pence

_BOXES = 8  # lines of a pool whose boxes are not folded


def _title(found: RiskShare) -> str:
    over = float(found.tables["lines"]["over"].sum())
    if not over:
        return "Nothing is overspent, so nothing is to be shared"
    if not found.unfunded:
        return f"All of the {pence(over)} overspent has money behind it"
    return f"Of {pence(over)} overspent, {pence(found.unfunded)} has no money behind it"


def _blocks(found: RiskShare) -> list[Block]:
    steps, lines = found.table, found.tables["lines"].set_index("line")
    partners = found.tables["partners"].set_index("partner")
    partners["share"] = partners["share"].map(lambda share: f"{as_set(share)}%")
    partners["cap"] = partners["cap"].map(lambda cap: "no cap" if pd.isna(cap) else pence(cap))
    waterfall = steps.assign(who=steps["source"] + _meaning(steps)).set_index("who")
    waterfall = waterfall[["amount", "left"]].set_axis(["meets", "left after it"], axis=1)
    partners = partners.rename(
        columns={"share": "agreed share", "due": "due before its cap", "above_cap": "above its cap"}
    )
    lines = lines.rename(columns={"used": "used for others"})
    tables = [
        penny_table(
            "overspend-steps", "Who meets the overspend, step by step", "who", waterfall, ["meets"]
        ),
        penny_table(
            "overspend-partners", "What partners pay", "partner", partners,
            ["due before its cap", "pays", "above its cap"],
        ),
        penny_table(
            "overspend-lines", "Lines of the pool, over all years of the plan", "line", lines,
            list(lines.columns),
        ),
    ]  # fmt: skip
    return [Heading("The figures, to the penny"), *(_folded(each) for each in tables if each.rows)]


def _folded(grid: Grid) -> Block:
    return More(grid.caption, [TableBlock(grid)]) if len(grid.rows) > LONG else TableBlock(grid)


def _meaning(steps: pd.DataFrame) -> pd.Series:
    """What a step is, where its name does not say so."""
    said = {"underspends in the pool": " (its underspend)", "agreed shares": " (its agreed share)"}
    return steps["step"].map(said).fillna("")


def _forms(answer: BoardAnswer, found: RiskShare | None) -> Sequence[BoardForm]:
    plan = answer.plans["pooled"]
    pools = pools_of(plan)
    if not pools:
        return []
    asked = (
        Agreement.of(found)
        if found is not None
        else Agreement.example(answer.place, plan, next(iter(pools)))
    )
    terms = terms_of(answer.place, plan, asked.pool)
    lines, borne = _lines(terms, asked), _borne(terms, asked)
    own: list[Field] = [
        Box("risk_pool", "Risk pool", "£ set aside for overspends", value=typed(asked.risk_pool)),
        Tick("pass_on", "What lies above a cap passes to the other partners",
             "Without this it has no money behind it.", asked.pass_on),
    ]  # fmt: skip
    hint = "Over all years of the best pooled plan. What stands here first is an example."
    groups = [FieldGroup(f"{pools[asked.pool]}: over or under budget", lines[:_BOXES], hint)]
    if len(lines) > _BOXES:
        groups.append(FieldGroup("Smaller lines of the pool", lines[_BOXES:], folded=True))
    groups += [
        FieldGroup("Who agreed to bear it", borne, "First by what each pays into the pool."),
        FieldGroup("Before and after the shares", own),
    ]
    fixed = (("pool", asked.pool),)
    return [
        *([_which(pools, asked.pool)] if len(pools) > 1 else []),
        BoardForm("overspend", f"overspend-{asked.pool}", BUTTON, groups, fixed),
    ]


def _lines(terms: PoolTerms, asked: Agreement) -> list[Field]:
    return [
        Box(
            f"over-{key}", name, "£ over its budget; under it with a minus",
            f"Budget: {pence(budget)}.", typed(over),
        )
        for (key, (name, budget)), over in zip(terms.lines.items(), asked.over, strict=True)
    ]  # fmt: skip


def _borne(terms: PoolTerms, asked: Agreement) -> list[Field]:
    made: list[Field] = []
    given = zip(terms.partners.items(), asked.shares, asked.caps, strict=True)
    for (key, (name, _)), share, cap in given:
        made.append(Box(f"share-{key}", f"{name}: agreed share", "% of what is to be shared",
                        value=f"{share:g}"))  # fmt: skip
        made.append(Box(f"cap-{key}", f"{name}: cap", "£, blank where there is no cap",
                        value="" if cap is None else typed(cap)))  # fmt: skip
    return made


def _which(pools: dict[str, str], chosen: str) -> BoardForm:
    pick = Pick("pool", "Pool", list(pools.items()), chosen)
    return BoardForm(
        "overspend", "pool", "Take this pool", [FieldGroup("Which pool", [pick])], plain=True
    )


def typed(pounds: float) -> str:
    """Pounds as they stand in a box: pence only where there are some.

    Examples
    --------
    >>> typed(1250.0), typed(-0.5)
    ('1,250', '−0.50')
    """
    return number(pounds, 0 if float(pounds).is_integer() else 2)


_STUDY = Study(
    "overspend",
    "Who pays when a pool overspends has not been asked yet",
    "An agreement under section 75 of the National Health Service Act 2006 says who bears an "
    "overspend: first what other lines of the pool underspend, then the risk pool, then the "
    "partners in agreed shares, each up to its cap. What is left has no money behind it.",
    _title,
    _blocks,
    (
        "This is a sum of the figures in the boxes on this screen, to the penny; nothing is "
        "forecast. It says who would pay by the agreement, not who should.",
    ),
    wait="The boxes hold an example: the pool’s largest line costs 5% more than planned, the "
    "second 2% less, and partners bear what they pay in. Put your own figures in.",
    forms=_forms,
    again="Change the figures",
    tables=False,
)


def tell(meeting: Meeting) -> Told:
    """Who pays, or the boxes to fill in; or that nothing is pooled, so that nothing is shared."""
    answer = meeting.answer
    if answer is not None and not pools_of(answer.plans["pooled"]):
        return Told(
            "No pool pays for anything in the best pooled plan, so no overspend is shared",
            [
                TextBlock(_STUDY.about, "lead"),
                TextBlock("Let agencies pool money, then recalculate."),
            ],
        )
    return _STUDY.tell(meeting)


SCREEN = Screen("overspend", "Who pays an overspend", tell, needs=("pooled",))
