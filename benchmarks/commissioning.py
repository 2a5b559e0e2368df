"""What decisions on offers, targets and loans take: hot solves and the sharing game on Northvale.

``python -m benchmarks.commissioning`` prints seconds of processor time: of one changed amount of
one stream in a live session, as it decides anew each time and with decisions held, and of sharing
the gain of pooling exactly over all coalitions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

import placebudget as pb
from placebudget.place import Place

ROUNDS = 10


def places() -> Iterator[tuple[str, Place]]:
    """Northvale, and with each kind of decision added to it."""
    plain = pb.example("northvale")
    lots = plain.offers.assign(set_up_cost=None, smallest_lot=None)
    yield "no lots", plain.with_(offers=lots)
    yield "as it is: three offers with lots or set-up", plain
    added = {
        "a choice of two offers": pb.Option("c")
        .add("choices", choice="one", offer="home_adaptations_valley", rule="at_most_one")
        .add("choices", choice="one", offer="home_adaptations_framework", rule="at_most_one"),
        "a loan": pb.Option("l").add(
            "loans", loan="adaptations", stream="district_receipts", first_year="2026-27",
            borne_by="district_council_tax", most=500_000, rate=0.05, years=15,
        ),
        "a target with a reward": _agreed(pays=False),
        "a contract for outcomes": _agreed(pays=True),
        "personal budgets with a most": pb.Option("p")
        .add("personal_budgets", offer="home_care_mills_mutual", advice=200)
        .add("rules", rule="choose", kind="take_up_cap", amount=20, basis="policy",
             subject="service=home_care; provider=Mills Care Mutual"),
    }  # fmt: skip
    everything = plain
    for name, option in added.items():
        yield name, option.apply(plain)
        if name != "a contract for outcomes":
            everything = option.apply(everything)
    yield "all of these but the contract", everything


def _agreed(*, pays: bool) -> pb.Option:
    # What at_risk limits cannot be paid for by the place itself.
    outcome, baseline, stretch = ("quits", 124, 180) if pays else ("homes_kept", 73, 100)
    return (
        pb.Option("t")
        .add("targets", target="agreed", outcome=outcome, year="2028-29", baseline=baseline,
             stretch=stretch, threshold=0.6, reward=300_000, instalments=2)
        .add("target_shares", target="agreed", stream="county_grant", share=1, pays=pays)
    )  # fmt: skip


def hot(place: Place, *, held: bool) -> float:
    """Seconds of one changed amount of one stream."""
    session = pb.session(place)
    session.value()
    if held:
        session.hold_decisions(session.values())
    amount = place.funding.query("stream == 'county_grant' and year == '2027-28'").iloc[0]
    seconds = []
    for n in range(ROUNDS):
        factor = 1.01 if n % 2 else 0.99
        session.set_funding("county_grant", amount["year"], float(amount["amount"]) * factor)
        seconds.append(_took(session.value))
    return median(seconds)


def _took(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> None:
    """Print one line a place."""
    print(f"{'':45}{'hot':>9}{'held':>9}{'sharing':>9}")
    for name, place in places():
        try:
            shared = f"{_took(lambda place=place: pb.sharing(place)):9.1f}"
        except pb.PlaceBudgetError as refused:
            shared = f"  {refused}"
        print(f"{name:45}{hot(place, held=False):9.4f}{hot(place, held=True):9.4f}{shared}")


if __name__ == "__main__":
    main()
