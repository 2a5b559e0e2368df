"""Reach: the open routes from a stream to a service, and what closes the others."""

from __future__ import annotations

from typing import Any

import pytest

from placebudget.errors import WrongArgument
from placebudget.place import Place
from places import MADE_UP, POWER, rows_of, tiny

AREAS = [
    {"area": "county"},
    {"area": "north", "parent": "county"},
    {"area": "ward", "parent": "north"},
    {"area": "south", "parent": "county"},
]


def contribution(**values: Any) -> dict[str, Any]:
    return {"pool": "shared", "stream": "council_tax", "legal_power": POWER, **MADE_UP, **values}


def in_areas(**tables: Any) -> Place:
    """The council holds the north only; prevention is offered in north and south."""
    agencies, offers = rows_of("agencies"), rows_of("offers")
    agencies[0]["area"] = "north"
    offers[0]["area"] = "north"
    offers.append({**offers[0], "offer": "prevention_south", "area": "south"})
    return tiny(areas=AREAS, agencies=agencies, offers=offers, today=None, **tables)


def capital(**tables: Any) -> Place:
    streams = rows_of("streams")
    streams[0]["kind"] = "capital"
    return tiny(streams=streams, **tables)


def test_own_money_reaches_own_services_directly_and_through_the_pool() -> None:
    answer = tiny().reach("council_tax", "prevention")
    assert answer
    assert (answer.routes, answer.reasons) == (("direct", "shared"), ())
    assert str(answer) == "yes: direct, shared"


def test_a_service_of_another_agency_is_reached_through_a_pool_only() -> None:
    answer = tiny().reach("council_tax", "treatment")
    assert answer.routes == ("shared",)
    assert answer.reasons == ("direct: treatment is commissioned by nhs, council_tax is council's",)
    assert not tiny().reach("council_tax", "treatment", pooling="aligned")


@pytest.mark.parametrize("pooling", ["shared", ["shared"], " Pooled "])
def test_pools_can_be_named(pooling: str | list[str]) -> None:
    assert tiny().reach("council_tax", "treatment", pooling=pooling).routes == ("shared",)


def test_a_pool_that_is_not_named_is_closed() -> None:
    pools = [*rows_of("pools"), {"pool": "other"}]
    answer = tiny(pools=pools).reach("council_tax", "treatment", pooling=["other"])
    assert not answer
    assert "other: council_tax may not contribute to it" in answer.reasons


def test_freed_money_reaches_everything_by_one_route() -> None:
    fences = [{"stream": "council_tax", "purpose": "public_health"}]
    answer = tiny(ring_fences=fences).reach("council_tax", "treatment", pooling="freed")
    assert (answer.routes, answer.reasons) == (("freed",), ())


def test_a_ring_fence_stops_every_route() -> None:
    fences = [{"stream": "council_tax", "purpose": "public_health"}]
    place = tiny(ring_fences=fences)
    assert place.reach("council_tax", "treatment").reasons == (
        "council_tax is ring-fenced to public_health; treatment is for health_care",
    )
    assert place.reach("council_tax", "prevention").routes == ("direct", "shared")


def test_the_purposes_of_a_pool_stop_it() -> None:
    place = tiny(pool_purposes=[{"pool": "shared", "purpose": "public_health"}])
    assert place.reach("council_tax", "treatment").reasons[1] == (
        "shared: it pays for public_health only, not for health_care"
    )
    assert place.reach("nhs_core", "prevention").routes == ("shared",)


def test_a_stream_without_a_contribution_has_no_pool() -> None:
    place = tiny(contributions=[contribution()])
    assert place.reach("nhs_core", "prevention").reasons[1] == (
        "shared: nhs_core may not contribute to it"
    )


@pytest.mark.parametrize(
    ("rows", "ok"),
    [
        ([contribution(maximum=0)], False),
        ([contribution(maximum=0), contribution(year="2028-29", maximum=5)], True),
        ([contribution(), contribution(year="2028-29", maximum=0)], True),
        (
            [
                contribution(),
                contribution(year="2027-28", maximum=0),
                contribution(year="2028-29", maximum=0),
            ],
            False,
        ),
        ([contribution(maximum=None)], True),
    ],
)
def test_a_pool_counts_where_any_year_lets_money_in(rows: list[dict[str, Any]], ok: bool) -> None:
    answer = tiny(contributions=rows).reach("council_tax", "treatment")
    assert answer.ok is ok
    if not ok:
        assert answer.reasons[1] == "shared: the most council_tax may contribute is 0"


def test_direct_money_stays_in_its_territory() -> None:
    place = in_areas(contributions=None)
    assert place.reach("council_tax", "prevention", "north").routes == ("direct",)
    assert place.reach("council_tax", "prevention", "south").reasons[0] == (
        "direct: south lies outside the territory of council (north)"
    )


def test_pooled_money_pays_anywhere_unless_it_stays_in_its_area() -> None:
    anywhere = in_areas(contributions=[contribution()])
    assert anywhere.reach("council_tax", "prevention", "south").routes == ("shared",)
    stays = in_areas(contributions=[contribution(stays_in_area=True)])
    assert stays.reach("council_tax", "prevention", "south").reasons == (
        "direct: south lies outside the territory of council (north)",
        "shared: the money stays in its agency's territory, and south lies outside the "
        "territory of council (north)",
    )
    assert stays.reach("council_tax", "prevention", "north").routes == ("direct", "shared")


@pytest.mark.parametrize("area", [None, "county", "ward", "north"])
def test_an_area_means_the_offers_in_it_or_the_one_above(area: str | None) -> None:
    assert "direct" in in_areas().reach("council_tax", "prevention", area).routes


def test_an_area_without_an_offer_is_out_of_reach() -> None:
    offers = rows_of("offers")
    offers[0]["area"] = "north"
    answer = tiny(areas=AREAS, offers=offers).reach("council_tax", "prevention", "south")
    assert (answer.ok, answer.reasons) == (False, ("prevention has no offer in south",))
    services = [*rows_of("services"), {**rows_of("services")[0], "service": "planned"}]
    assert tiny(services=services).reach("council_tax", "planned").reasons == (
        "planned has no offer",
    )


@pytest.mark.parametrize("pooling", ["aligned", "pooled", "freed"])
def test_capital_money_pays_for_revenue_under_a_direction_only(pooling: str) -> None:
    assert capital().reach("council_tax", "prevention", pooling=pooling).reasons == (
        "council_tax is capital money and prevention a revenue service; no capitalisation "
        "rule takes it in",
    )
    direction = {"rule": "r", "kind": "capitalisation", "basis": "law", "reference": "a direction"}
    open_ = capital(rules=[{**direction, "subject": "service=prevention"}])
    assert open_.reach("council_tax", "prevention", pooling=pooling)
    elsewhere = capital(rules=[{**direction, "subject": "service=treatment"}])
    assert not elsewhere.reach("council_tax", "prevention", pooling=pooling)


def test_revenue_money_pays_for_capital_services() -> None:
    services = rows_of("services")
    services[0]["kind"] = "capital"
    place = tiny(services=services)
    assert place.reach("council_tax", "prevention").routes == ("direct", "shared")
    assert capital(services=services).reach("council_tax", "prevention").routes == (
        "direct",
        "shared",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("council_tx", "prevention"), "no stream 'council_tx'. Did you mean council_tax"),
        (("council_tax", "prevent"), "no service 'prevent'. Did you mean prevention"),
        (("council_tax", "prevention", "moon"), "no area 'moon'. There are: place"),
        (("council_tax", "prevention", None, "sharde"), "No such pool: sharde. Did you mean"),
        (("council_tax", "prevention", None, []), "No such pool: none named"),
    ],
)
def test_unknown_keys_are_met_with_the_nearest(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(WrongArgument, match=message.replace(".", r"\.")):
        tiny().reach(*arguments)
