"""An answer of each study, which several tests read and none changes, worked out once.

Files that read them are marked ``xdist_group("northvale")``: see ``planned.py``.
"""

from __future__ import annotations

from functools import cache
from tempfile import TemporaryDirectory

import pandas as pd

import placebudget as pb
import places
from commissioned import homes, payrolls, youth
from placebudget.plan.result import Result
from placebudget.study.tender import EXAMPLE_BIDS
from placebudget.study.vote import EXAMPLE_BALLOTS
from placebudget.view.studies.evidence import example_observations
from placebudget.view.studies.priorities import example_priorities
from placebudget.view.studies.settlement import EXAMPLE_GRANTS, EXAMPLE_RETURNS
from planned import optimised, potential, reported, simulated
from succeeding import reorganised

FEW = pd.DataFrame({"project": ["club"] * 2, "voter": ["x", "y"], "lives": "north"})
"""Two more ballots, from somewhere where only two voted."""

PARTS = {"pools": True, "ring_fences": True, "cuts": (0.1,)}
"""What is asked of the smallest example: what each pool and each ring-fence is worth, and a cut."""

STUDIES = (
    "sharing", "joining", "risk_share", "accounts", "trace", "fairness", "cycle", "outlook",
    "potential", "levels", "loan", "outcome_contract", "tender", "market", "rests_on",
    "alternatives", "frontier", "to_do", "changes", "section_75", "reorganisation", "uncertainty",
    "robust", "vote", "household", "benchmark", "productivity", "exchange", "early_warning",
    "top_slice", "reporting_burden", "loosening", "new_burden", "excellence", "peer_support",
    "peer_challenge", "supplementary", "priorities", "did_it_work",
    "budget_risk",
)  # fmt: skip


@cache
def answer(name: str) -> Result:
    """The answer of a study."""
    toy, northvale = pb.example("toy_pooling"), pb.example("northvale")
    if name == "sharing":
        return pb.sharing(toy)
    if name == "outcome_contract":
        return pb.study.outcome_contract(900, 120, baseline=800, cap=1e5, saving=500)
    if name == "benchmark":
        return pb.sector.benchmark("Surrey", "older_people_residential")
    if name == "productivity":
        return pb.sector.productivity("Lancashire")
    if name == "exchange":
        return pb.sector.exchange("Surrey", "older_people_residential")
    if name == "early_warning":
        return pb.sector.early_warning("Slough")
    if name == "excellence":
        return pb.sector.excellence("Ashby", mean=True)
    if name == "peer_support":
        return pb.sector.peer_support()
    if name == "peer_challenge":
        return pb.sector.peer_challenge(start="2027-04-01", on="2026-12-01")
    if name == "supplementary":
        return pb.sector.supplementary(1e5)
    if name == "market":
        return pb.study.market(homes(), pooling="aligned")
    if name == "tender":
        return pb.study.tender(EXAMPLE_BIDS, most_lots=1)
    if name == "loan":
        return pb.study.loan(2e6, grant=1e6, income=8e4, payments_left=6, discount_rate=0.06)
    if name == "did_it_work":
        return pb.sector.did_it_work(example_observations(), better="less")
    if name == "budget_risk":
        return pb.sector.budget_risk(place=northvale, draws=16)
    if name == "top_slice":
        return pb.sector.top_slice(EXAMPLE_GRANTS, 1e6)
    if name == "reporting_burden":
        return pb.sector.reporting_burden(EXAMPLE_RETURNS)
    if name == "loosening":
        return pb.sector.loosening(toy, "nhs_money", steps=[0.1, 0.2])
    if name == "new_burden":
        return pb.sector.new_burden(toy, "home_care", 1e6)
    if name == "priorities":
        return pb.study.priorities(example_priorities(northvale), northvale, named=True)
    if name == "household":
        return pb.study.household(northvale, potential("northvale").plans["pooled"])
    if name == "vote":
        return pb.study.vote(pd.concat([EXAMPLE_BALLOTS, FEW]), least_points=9)
    if name == "levels":
        return pb.study.levels(youth(), pooling="aligned")
    if name == "reorganisation":
        return reorganised()
    if name == "alternatives":
        return pb.study.alternatives(toy)
    if name == "frontier":
        return pb.study.frontier(toy, aims=["public value", "money spent"])
    if name == "robust":
        futures: dict[str, dict[str, float]] = {"as planned": {}, "dearer": {"unit cost": 1.25}}
        return pb.study.robust(toy, futures, by="cvar", plans=["today", "aligned"])
    if name == "uncertainty":
        few = {"draws": 8, "replanned": 2, "find_out": 1, "sobol": 2, "pooling": "freed"}
        return pb.study.uncertainty(toy, plans=["today", "aligned", "freed"], **few)
    if name == "joining":
        return pb.study.joining(payrolls())
    if name == "risk_share":
        lines = pd.DataFrame(
            {"line": ["beds", "visits"], "budget": [50.0, 50.0], "actual": [62.0, 48.0]}
        )
        shares = pd.DataFrame(
            {"partner": ["council", "nhs"], "share": [40.0, 60.0], "cap": [2.0, None]}
        )
        return pb.risk_share(lines, shares, risk_pool=3)
    if name == "section_75":
        return pb.study.section_75(optimised("northvale"))
    if name == "accounts":
        return pb.accounts(simulated("northvale"))
    if name == "trace":
        rows = [("tax", "pool", 30.0), ("grant", "pool", 20.0), ("pool", "support", 40.0)]
        return pb.trace(pd.DataFrame(rows, columns=["start", "end", "amount"]))
    if name == "fairness":
        return pb.fairness(simulated("northvale"))
    if name == "cycle":
        policies = [
            pb.study.Policy("pooled"),
            pb.study.Policy("pooled", replan=True, evaluate=True),
        ]
        return pb.cycle(places.tiny(), policies=policies, runs=6)
    if name == "outlook":
        return pb.outlook(northvale, council_tax=0.01, plans=[simulated("northvale")])
    if name == "to_do":
        return northvale.to_do()
    if name == "changes":
        less = pb.Option("less").scale("funding", 0.9).scale("needs", 1.1)
        return pb.changes(northvale, less.apply(northvale))
    if name == "rests_on":
        plans = (optimised("toy_pooling", pooling=each) for each in ("freed", "aligned"))
        return pb.rests_on(*plans, most=1)
    return potential("toy_pooling", **PARTS)


@cache
def page(name: str) -> str:
    """The page of the answer of a study, as it is written to a file."""
    if name == "potential":
        return reported("toy_pooling", **PARTS)
    with TemporaryDirectory() as home:
        return answer(name).to_html(f"{home}/{name}.html").read_text("utf-8")
