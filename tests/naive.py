"""The same mathematics written a second time, with loops and PuLP, from the words alone.

Nothing of the package's programme is used: tables in, one number out. It knows
streams one by one (no classes), one area, no decisions on offers.
"""

from __future__ import annotations

import math
from typing import Any

import pulp

Tables = dict[str, list[dict[str, Any]]]


class Naive:
    """One place under one pooling, as a PuLP problem."""

    def __init__(self, tables: Tables, years: list[str], rate: float, pooling: str) -> None:
        self.tables, self.years, self.pooling = tables, years, pooling
        self.horizon = len(years) - 1 + max(e["lag"] + e["duration"] for e in tables["effects"])
        self.discount = [1 / (1 + rate) ** t for t in range(self.horizon)]
        self.problem = pulp.LpProblem("naive", pulp.LpMaximize)
        self.count = 0
        self.paid: dict[tuple[str, int], list[Any]] = {}
        self._units()
        self._streams()
        for (service, t), flows in self.paid.items():
            self.problem.addConstraint(pulp.lpSum(flows) - self.cost[service, t] == 0)
        for rule in tables["rules"]:
            self._rule(rule)

    def _variable(self, upper: float | None = None) -> Any:
        self.count += 1
        return self.problem.add_variable(f"v{self.count}", 0, upper)

    def _units(self) -> None:
        self.units: dict[tuple[str, int, int], Any] = {}
        self.cost: dict[tuple[str, int], Any] = {}
        self.of_offer: dict[tuple[str, int], Any] = {}
        for service in self.tables["services"]:
            name = service["service"]
            (people,) = [n["people"] for n in self.tables["needs"] if n["service"] == name]
            steps = [r for r in self.tables["returns"] if r["service"] == name]
            steps = steps or [{"up_to": 1.0}]
            for t in range(len(self.years)):
                before, sold, cost = 0.0, [], []
                for k, step in enumerate(steps):
                    width = (step["up_to"] - before) * people
                    self.units[name, k, t] = self._variable(width)
                    before = step["up_to"]
                for offer in self.tables["offers"]:
                    if offer["service"] == name:
                        most = offer["capacity"] if t >= offer["opens"] else 0.0
                        bought = self._variable(most)
                        self.of_offer[offer["offer"], t] = bought
                        level = (1 + self.tables["inflation"][0]["rate"]) ** t
                        sold.append(bought)
                        cost.append(offer["unit_cost"] * level * bought)
                delivered = [self.units[name, k, t] for k in range(len(steps))]
                self.problem.addConstraint(pulp.lpSum(sold) - pulp.lpSum(delivered) == 0)
                self.cost[name, t] = pulp.lpSum(cost)
                self.paid[name, t] = []

    def _streams(self) -> None:
        for stream in self.tables["streams"]:
            carried: Any = 0
            for t in range(len(self.years)):
                amount = stream["amounts"][t]
                uses = [self._variable()]  # what stays idle
                for service in self.tables["services"]:
                    if self._direct(stream, service):
                        uses.append(self._variable())
                        self.paid[service["service"], t].append(uses[-1])
                uses += [self._pooled(stream, t, *limits) for limits in self._pools(stream)]
                out = self._variable(stream["carry_forward"] * amount)
                if t == len(self.years) - 1:
                    out = 0
                self.problem.addConstraint(pulp.lpSum(uses) + out - carried == amount)
                carried = out

    def _direct(self, stream: dict[str, Any], service: dict[str, Any]) -> bool:
        if self.pooling == "freed":
            return False
        return service["commissioner"] == stream["agency"] and self._fits(stream, service)

    def _fits(self, stream: dict[str, Any], service: dict[str, Any]) -> bool:
        if stream["kind"] == "capital" and service["kind"] == "revenue":
            return False
        fence = stream["fence"]
        return self.pooling == "freed" or not fence or service["purpose"] in fence

    def _pools(self, stream: dict[str, Any]) -> list[tuple[Any, ...]]:
        """(purposes, fee, least, most) of each pool the stream may pay into."""
        if self.pooling == "freed":
            return [(None, 0.0, 0.0, None)]
        if self.pooling == "siloed":
            return []
        return [
            (pool["purposes"], pool["management_cost"], row["minimum"], row["maximum"])
            for pool in self.tables["pools"]
            for row in self.tables["contributions"]
            if row["pool"] == pool["pool"] and row["stream"] == stream["stream"]
        ]

    def _pooled(
        self, stream: dict[str, Any], t: int, purposes: Any, fee: float, least: float, most: Any
    ) -> Any:
        self.count += 1
        gross = self.problem.add_variable(f"c{self.count}", least, most)
        uses = [self._variable()]  # what stays in the pool
        for service in self.tables["services"]:
            if self._fits(stream, service) and (not purposes or service["purpose"] in purposes):
                uses.append(self._variable())
                self.paid[service["service"], t].append(uses[-1])
        self.problem.addConstraint(pulp.lpSum(uses) - (1 - fee) * gross == 0)
        return gross

    def _rule(self, rule: dict[str, Any]) -> None:
        service = rule["subject"].removeprefix("service=")
        for t in range(len(self.years)):
            spent = self.cost[service, t]
            whole = pulp.lpSum([self.cost[s["service"], t] for s in self.tables["services"]])
            amount = rule["amount"]
            self.problem.addConstraint(
                {
                    "floor": spent >= amount,
                    "cap": spent <= amount,
                    "share_cap": spent - amount / 100 * whole <= 0,
                }[rule["kind"]]
            )

    def best(self) -> float | None:
        """The largest public value in pounds; None where the rules cannot all hold."""
        value = []
        for effect in self.tables["effects"]:
            outcomes = self.tables["outcomes"]
            (outcome,) = [o for o in outcomes if o["outcome"] == effect["outcome"]]
            worth = outcome["social_value"] + outcome["economic_value"]
            worth += sum(
                s["value"] for s in self.tables["savings"] if s["outcome"] == effect["outcome"]
            )
            chain = effect["impact"] * effect["engagement"] * (1 - effect["deadweight"])
            for (service, k, t), units in self.units.items():
                if service != effect["service"]:
                    continue
                steps = [r for r in self.tables["returns"] if r["service"] == service]
                made = chain * (steps[k]["effectiveness"] if steps else 1.0)
                for year in range(effect["duration"]):
                    at = t + effect["lag"] + year
                    share = made * (1 - effect["drop_off"]) ** year
                    if at < self.horizon:
                        value.append(share * worth * self.discount[at] * units)
        self.problem.setObjective(pulp.lpSum(value))
        result = self.problem.solve(pulp.getSolver("HiGHS", msg=False))
        status = getattr(result, "status", None)
        optimal = self.problem.status == 1 if status is None else status.name == "Optimal"
        if not optimal:
            return None
        found = pulp.value(self.problem.objective)
        return 0.0 if found is None or math.isnan(found) else float(found)
