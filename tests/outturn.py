"""A small outturn as a file, of a city that has both tiers, its police and its residents."""

from __future__ import annotations

from pathlib import Path

CITY = {
    "education": 90_000, "highways_transport": -400, "childrens_social_care": 30_000,
    "adult_social_care": 60_000, "public_health": 12_000, "housing": 5_000, "cultural": 7_000,
    "environmental": 15_000, "planning": 3_000, "central": 8_000, "other": 11,
    "total_service": 229_611, "housing_benefit_rent_allowances": 40_000, "transport_levy": 9_000,
    "net_current": 278_000, "repayment_of_principal": 6_000, "interest_payable": 4_000,
    "interest_received": 900, "grants_outside_aef": 41_000, "grants_inside_aef": 110_000,
    "net_revenue": 136_500, "to_earmarked_reserves": 2_000, "to_unallocated_reserves": -1_500,
    "revenue_support_grant": 30_000, "retained_rates": 27_000, "council_tax_requirement": 80_123,
    "earmarked_reserves_start": 20_000, "unallocated_reserves_start": 9_000,
}  # fmt: skip
POLICE = {
    "police": 200_000, "central": 1_001, "total_service": 201_001, "net_current": 201_001,
    "net_revenue": 201_001, "to_earmarked_reserves": -2_000, "police_grant": 120_000,
    "council_tax_requirement": 79_001,
}  # fmt: skip


def outturn_file(folder: Path) -> Path:
    """The outturn of Exampleton and of Vale Police, 2015-16."""
    rows = [
        f"{name},2015-16,{line},{value},£ thousand"
        for name, lines in (("Exampleton", CITY), ("Vale Police", POLICE))
        for line, value in lines.items()
    ]
    file = folder / "outturn.csv"
    file.write_text("\n".join(["authority,year,line,value,unit", *rows]) + "\n", "utf-8")
    return file
