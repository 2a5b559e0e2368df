"""Made-up places of a chosen size, the same for the same seed.

A region of authorities and wards: a council for each authority, an NHS board,
police, fire, probation and DWP for all. Councils have tax, a grant, a ring-fenced
grant and capital; each authority has a pool of its own, and there is one for the
whole region. Today's money keeps every rule, so every pooling has a plan.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pandas as pd

from placebudget.place import Place, Settings

YEARS = ("2027-28", "2028-29", "2029-30", "2030-31", "2031-32")
GROWTH = 1.02
POWER = "Made-up Act, section 1"
MADE_UP = {"source": "made_up", "status": "illustrative"}

Row = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How large a place is.

    Parameters
    ----------
    authorities, wards : int
        Authorities, and wards in each.
    ward_services, authority_services : int
        Services each council commissions by ward and for the whole authority.
    regional_services : int
        Services each regional agency commissions, by ward for the NHS board and
        by authority for the others.
    lots : int
        Offers with a set-up cost and a smallest lot, which make the programme one
        with integers.
    """

    name: str
    authorities: int
    wards: int
    ward_services: int
    authority_services: int
    regional_services: int
    lots: int = 0


SMALL = Size("small", 3, 3, 2, 2, 1)
CITY_REGION = Size("city-region", 10, 12, 5, 3, 4)

# Purposes, with their nature and what they pay for in each authority's pool.
COUNCIL_PURPOSES = ("social_care", "public_health", "early_help", "housing_support", "leisure")
REGIONAL = {
    "nhs": ("health_care", "community_health"),
    "police": ("policing",),
    "fire": ("fire_safety",),
    "probation": ("resettlement",),
}
NATURES = {
    "social_care": "statutory",
    "public_health": "preventive",
    "early_help": "preventive",
    "health_care": "reactive",
    "policing": "reactive",
    "resettlement": "statutory",
}
POOLED_PURPOSES = ("social_care", "public_health", "early_help", "community_health", "resettlement")
OUTCOMES = (
    ("admissions", "nhs"), ("attendances", "nhs"), ("falls", "nhs"), ("care_homes", "council"),
    ("children_in_care", "council"), ("homelessness", "council"), ("offences", "police"),
    ("reoffending", "probation"), ("fires", "fire"), ("into_work", "dwp"),
    ("school_absence", None), ("wellbeing", None),
)  # fmt: skip
# Nothing limits how often the last of these can be counted.
LIMITED = {name for name, _ in OUTCOMES[:-2]}


def make_place(size: Size, seed: int = 1) -> Place:
    """A place of a size; every rule is kept by today's money.

    Examples
    --------
    >>> place = make_place(SMALL)
    >>> len(place.check().errors)
    0
    """
    return _Maker(size, seed).place()


class _Maker:
    """Tables of a place while they are being made up."""

    def __init__(self, size: Size, seed: int) -> None:
        self.size, self.any = size, random.Random(seed)
        self.tables: dict[str, list[Row]] = defaultdict(list)
        self.spent: dict[str, float] = defaultdict(float)
        self.by_service: dict[str, float] = defaultdict(float)
        self.today_units: dict[tuple[str, str], float] = {}
        self.authorities = [f"authority_{n + 1:02}" for n in range(size.authorities)]

    def place(self) -> Place:
        """Every table in turn."""
        self._areas()
        self._agencies()
        self._outcomes()
        self._services()
        self._offers()
        self._money()
        self._pools()
        self._at_risk()
        self._rules()
        title = f"A made-up {self.size.name}"
        settings = Settings(name=self.size.name.replace("-", "_"), title=title, years=YEARS)
        frames = {name: pd.DataFrame(rows) for name, rows in self.tables.items()}
        return Place(settings, frames)

    def _add(self, table: str, **row: Any) -> None:
        self.tables[table].append({key: value for key, value in row.items() if value is not None})

    def _areas(self) -> None:
        self._add("areas", area="region", tier="region", name="Region")
        for authority in self.authorities:
            people = 0
            for n in range(self.size.wards):
                here = self.any.randrange(8_000, 16_000)
                people += here
                ward = f"{authority}_ward_{n + 1:02}"
                self._add("areas", area=ward, parent=authority, tier="ward", population=here)
            self._add("areas", area=authority, parent="region", tier="authority", population=people)

    def _agencies(self) -> None:
        self._add("sources", source="made_up", title="Made-up figures for measurements")
        for n, authority in enumerate(self.authorities):
            name = f"council_{n + 1:02}"
            self._add("agencies", agency=name, name=name, sector="council", area=authority)
            self._stream(f"{name}_tax", name, "local", carry_forward=0.05)
            self._stream(f"{name}_grant", name, "national")
            self._stream(f"{name}_health_grant", name, "national", carry_forward=0.1)
            self._stream(f"{name}_capital", name, "national", kind="capital")
            for purpose in ("public_health", "early_help"):
                self._add("ring_fences", stream=f"{name}_health_grant", purpose=purpose)
        for name in (*REGIONAL, "dwp"):
            self._add("agencies", agency=name, name=name, sector=name)
        for name in REGIONAL:
            self._stream(f"{name}_core", name, "national")
            self._stream(f"{name}_growth", name, "national", carry_forward=0.05)
        for index, rate in (("general", 0.02), ("pay", 0.028), ("contracts", 0.023)):
            for year in YEARS:
                self._add("inflation", index=index, year=year, rate=rate, **MADE_UP)
        for grade, bias in (("1", 0.0), ("2", 0.1), ("3", 0.25)):
            self._add("evidence", grade=grade, name=f"Grade {grade}", optimism_bias=bias, **MADE_UP)

    def _stream(self, stream: str, agency: str, raised: str, **more: Any) -> None:
        self._add("streams", stream=stream, agency=agency, raised=raised, **more, **MADE_UP)

    def _outcomes(self) -> None:
        for name, saver in OUTCOMES:
            self._add(
                "outcomes",
                outcome=name,
                name=name.replace("_", " "),
                social_value=self.any.randrange(200, 2_000),
                economic_value=self.any.randrange(0, 500),
                **MADE_UP,
            )
            # What a council saves is spread over all of them.
            councils = [f"council_{n + 1:02}" for n in range(self.size.authorities)]
            savers = {None: [], "council": councils}.get(saver, [saver])
            for agency in savers:
                value = round(self.any.uniform(800, 4_000) / len(savers), 2)
                self._add(
                    "savings", outcome=name, agency=agency, value=value, cashable=0.3, **MADE_UP
                )

    def _services(self) -> None:
        """Services with returns and effects, each with the areas it is offered in."""
        self.offered: dict[str, list[str]] = {}
        numbers = range(1, self.size.wards + 1)
        wards = {a: [f"{a}_ward_{n:02}" for n in numbers] for a in self.authorities}
        for n, authority in enumerate(self.authorities):
            council = f"council_{n + 1:02}"
            for k in range(self.size.ward_services + self.size.authority_services):
                by_ward = k < self.size.ward_services
                areas = wards[authority] if by_ward else [authority]
                purpose = COUNCIL_PURPOSES[k % len(COUNCIL_PURPOSES)]
                self._service(f"{council}_service_{k + 1}", council, purpose, areas, k)
            self._service(f"{council}_building", council, "building", [authority], 0, "capital")
        for agency, purposes in REGIONAL.items():
            for k in range(self.size.regional_services):
                areas = list(chain(*wards.values())) if agency == "nhs" else self.authorities
                purpose = purposes[k % len(purposes)]
                self._service(f"{agency}_service_{k + 1}", agency, purpose, areas, k + len(agency))

    def _service(
        self, name: str, agency: str, purpose: str, areas: list[str], k: int, kind: str = "revenue"
    ) -> None:
        nature = NATURES.get(purpose, "universal")
        self._add(
            "services", service=name, name=name.replace("_", " "), commissioner=agency,
            purpose=purpose, nature=nature, kind=kind, **MADE_UP,
        )  # fmt: skip
        self.offered[name] = areas
        for step, (up_to, effectiveness) in enumerate(((0.4, 1.0), (0.7, 0.7), (1.0, 0.35)), 1):
            self._add(
                "returns", service=name, step=step, up_to=up_to, effectiveness=effectiveness,
                **MADE_UP,
            )  # fmt: skip
        for j in range(4):
            self._add(
                "effects",
                service=name,
                outcome=OUTCOMES[(k * 3 + j * 5) % len(OUTCOMES)][0],
                engagement=round(self.any.uniform(0.6, 0.9), 2),
                retention=round(self.any.uniform(0.7, 0.95), 2),
                impact=round(self.any.uniform(0.05, 0.6), 3),
                deadweight=0.2,
                evidence=self.any.choice("123"),
                lag=self.any.randrange(0, 2 if nature == "reactive" else 3),
                duration=self.any.randrange(2, 6),
                drop_off=0.1,
                **MADE_UP,
            )

    def _offers(self) -> None:
        """Two ways to deliver each line; need, and today's money, which buys the first."""
        lots = self.size.lots
        services = {row["service"]: row for row in self.tables["services"]}
        for service, areas in self.offered.items():
            row = services[service]
            for area in areas:
                units = self.any.randrange(100, 900) * (1 if "ward" in area else 4)
                cost = self.any.randrange(800, 9_000)
                self._offer(
                    service, area, "in-house", unit_cost=cost, index="pay",
                    capacity=round(units * 1.25),
                )  # fmt: skip
                lot = {"set_up_cost": 50_000, "smallest_lot": 20} if lots > 0 else {}
                lots -= 1
                self._offer(
                    service, area, self.any.choice(("contract", "trust", "shared")),
                    unit_cost=round(cost * self.any.uniform(0.85, 1.05)), index="contracts",
                    capacity=round(units * 0.6), first_year=YEARS[self.any.randrange(0, 2)], **lot,
                )  # fmt: skip
                people = round(units * self.any.uniform(1.5, 2.0))
                self._add("needs", service=service, area=area, people=people, **MADE_UP)
                self.today_units[service, area] = units
                self._today(row, area, float(units * cost))

    def _offer(self, service: str, area: str, model: str, **more: Any) -> None:
        self._add(
            "offers", offer=f"{service}_{area}_{model.replace('-', '_')}", service=service,
            area=area, delivery_model=model, provider=f"{model} provider", **more, **MADE_UP,
        )  # fmt: skip

    def _today(self, service: Row, area: str, amount: float) -> None:
        agency, purpose = service["commissioner"], service["purpose"]
        if agency in REGIONAL:
            shares = {f"{agency}_core": 0.9, f"{agency}_growth": 0.1}
        elif service["kind"] == "capital":
            shares = {f"{agency}_capital": 1.0}
        elif purpose == "public_health":
            shares = {f"{agency}_health_grant": 1.0}
        else:
            shares = {f"{agency}_tax": 0.6, f"{agency}_grant": 0.4}
        name, offer = service["service"], f"{service['service']}_{area}_in_house"
        for stream, share in shares.items():
            paid = round(amount * share)
            self.spent[stream] += paid
            self.by_service[name] += paid
            self._add(
                "today", service=name, area=area, stream=stream, amount=paid, offer=offer, **MADE_UP
            )

    def _money(self) -> None:
        for row in self.tables["streams"]:
            stream = row["stream"]
            first = max(self.spent[stream], 1e6) * self.any.uniform(1.01, 1.06)
            for t, year in enumerate(YEARS):
                amount = round(first * GROWTH**t)
                self._add("funding", stream=stream, year=year, amount=amount, **MADE_UP)
            self.spent[stream] = first

    def _pools(self) -> None:
        """A pool in each authority, and one for the region."""
        for n in range(self.size.authorities):
            council = f"council_{n + 1:02}"
            pool = f"{council}_pool"
            self._pool(pool, council, 0.01, POOLED_PURPOSES)
            self._contribution(pool, f"{council}_tax", maximum=0.3, stays_in_area=True)
            stays = n % 2 == 0
            self._contribution(pool, f"{council}_health_grant", minimum=0.05, stays_in_area=stays)
        self._pool("region_pool", "nhs", 0.005, POOLED_PURPOSES)
        for n in range(self.size.authorities):
            grant = f"council_{n + 1:02}_grant"
            self._contribution("region_pool", grant, maximum=0.4, stays_in_area=True)
        for stream in ("nhs_core", "nhs_growth", "probation_core"):
            self._contribution("region_pool", stream, maximum=0.25)

    def _pool(self, pool: str, host: str, cost: float, purposes: tuple[str, ...]) -> None:
        self._add(
            "pools", pool=pool, name=pool.replace("_", " "), host=host, legal_power=POWER,
            management_cost=cost, **MADE_UP,
        )  # fmt: skip
        known = {row["purpose"] for row in self.tables["services"]}
        for purpose in purposes:
            if purpose in known:
                self._add("pool_purposes", pool=pool, purpose=purpose)

    def _contribution(
        self,
        pool: str,
        stream: str,
        minimum: float = 0.0,
        maximum: float | None = None,
        **more: Any,
    ) -> None:
        funding = self.spent[stream]
        self._add(
            "contributions", pool=pool, stream=stream, legal_power=POWER,
            minimum=round(funding * minimum),
            maximum=None if maximum is None else round(funding * maximum), **more, **MADE_UP,
        )  # fmt: skip

    def _at_risk(self) -> None:
        """A little more than today's pattern makes, by authority."""
        made: dict[tuple[str, str], float] = defaultdict(float)
        effects = defaultdict(list)
        for row in self.tables["effects"]:
            effects[row["service"]].append(row)
        for (service, area), units in self.today_units.items():
            for row in effects[service]:
                share = row["engagement"] * row["retention"] * row["impact"] * 0.8
                authority = area.split("_ward_")[0]
                made[row["outcome"], authority] += units * share * row["duration"]
        for (outcome, authority), amount in sorted(made.items()):
            if outcome in LIMITED:
                self._add(
                    "at_risk", outcome=outcome, area=authority, most=round(amount * 0.9), **MADE_UP
                )

    def _rules(self) -> None:
        for n, row in enumerate(self.tables["services"]):
            service, today = row["service"], self.by_service[row["service"]]
            if row["nature"] == "statutory":
                self._rule(f"{service}_floor", "floor", f"service={service}", today * 0.85, "law")
            elif row["nature"] == "reactive" and n % 2:
                self._rule(f"{service}_lock", "lock", f"service={service}", 25)
            elif n % 4 == 0:
                self._rule(f"{service}_cap", "cap", f"service={service}", today * 1.6)
        for row in self.tables["agencies"]:
            agency = row["agency"]
            if agency != "dwp":
                self._rule(f"{agency}_pace", "pace", f"agency={agency}", 15)
        total = sum(self.by_service.values())
        services = self.tables["services"]
        care = [row["service"] for row in services if row["purpose"] == "social_care"]
        share = 100 * sum(self.by_service[name] for name in care) / total
        self._rule("care_share", "share_floor", "purpose=social_care", share * 0.9)
        self._rule("care_kept", "virement", "purpose=social_care", 20)
        self._rule("fair_wellbeing", "equity_floor", "outcome=wellbeing; tier=authority", 20)

    def _rule(
        self, rule: str, kind: str, subject: str, amount: float, basis: str = "policy"
    ) -> None:
        self._add(
            "rules", rule=rule, kind=kind, subject=subject, amount=round(amount, 2), basis=basis,
            reference="Made up", **MADE_UP,
        )  # fmt: skip
