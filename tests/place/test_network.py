"""The network of a place: layers, what stands on its edges, the way round."""

from __future__ import annotations

import networkx as nx
import pytest

from placebudget.place import read
from places import MADE_UP, POWER, YEARS, rows_of, tiny
from proof import some_examples

AREAS = [{"area": "county"}, {"area": "north", "parent": "county"}]


def test_the_way_goes_from_agency_to_agency() -> None:
    graph = tiny().network()
    path = [
        ("agency", "council"),
        ("stream", "council_tax"),
        ("pool", "shared"),
        ("service", "prevention"),
        ("area", "place"),
        ("outcome", "admissions"),
        ("agency", "nhs"),
    ]
    assert nx.is_path(graph, path)
    assert isinstance(graph, nx.MultiDiGraph)


@pytest.mark.parametrize("name", some_examples())
def test_edges_join_neighbouring_layers_only(name: str) -> None:
    place = read(name)
    graph = place.network()
    ends = {
        "receives": ("agency", "stream"),
        "contributes": ("stream", "pool"),
        "direct": ("stream", "service"),
        "pooled": ("pool", "service"),
        "delivered": ("service", "area"),
        "effect": ("area", "outcome"),
        "saving": ("outcome", "agency"),
    }
    assert all(
        (graph.nodes[start]["layer"], graph.nodes[end]["layer"]) == ends[about["kind"]]
        for start, end, about in graph.edges(data=True)
    )
    kinds = [about["kind"] for *_, about in graph.edges(data=True)]
    assert kinds.count("receives") == len(place.streams)
    assert kinds.count("delivered") == len(place.offers)
    assert kinds.count("saving") == len(place.savings)
    today = sum(sum(a["today"].values()) for *_, a in graph.edges(data=True)
                if a["kind"] in ("direct", "pooled"))  # fmt: skip
    offered = sum(a["today"] for *_, a in graph.edges(data=True) if a["kind"] == "delivered")
    assert today == pytest.approx(place.today["amount"].sum())
    assert offered == pytest.approx(place.today["amount"].sum())


@pytest.mark.parametrize("name", some_examples())
def test_payments_are_where_money_can_reach(name: str) -> None:
    place = read(name)
    graph = place.network()
    for stream in place.streams["stream"].head(6):
        for service in place.services["service"].head(12):
            routes = place.reach(stream, service).routes
            paying = graph.get_edge_data(("stream", stream), ("service", service)) or {}
            assert bool(paying.get("direct", {}).get("areas")) == ("direct" in routes)
            for pool in place.pools["pool"]:
                payments = graph.get_edge_data(("pool", pool), ("service", service)) or {}
                assert (stream in payments.get("pooled", {}).get("streams", ())) == (pool in routes)


def test_amounts_limits_and_conditions_stand_on_the_edges() -> None:
    place = tiny(
        areas=AREAS,
        pools=[{"pool": "shared"}],
        pool_purposes=[{"pool": "shared", "purpose": "health_care"}],
        ring_fences=[{"stream": "nhs_core", "purpose": "health_care"}],
        contributions=[
            {"pool": "shared", "stream": "nhs_core", "maximum": 5.0, "legal_power": POWER},
            {
                "pool": "shared",
                "stream": "nhs_core",
                "year": YEARS[1],
                "minimum": 1.0,
                "stays_in_area": True,
            },
        ],
        today=[
            {"service": "treatment", "stream": "nhs_core", "amount": 3.0},
            {"service": "treatment", "stream": "nhs_core", "amount": 4.0, "pool": "shared"},
        ],
        needs=[
            {"service": "treatment", "area": "north", "people": 7},
            {"service": "treatment", "area": "county", "people": 2, "year": YEARS[0]},
        ],
        at_risk=[{"outcome": "recoveries", "most": 9, **MADE_UP}],
        agencies=[*rows_of("agencies")[:1], {"agency": "nhs", "sector": "dwp"}],
    )
    graph = place.network()
    receives = graph.edges[("agency", "nhs"), ("stream", "nhs_core"), "receives"]
    assert receives == {"kind": "receives", "funding": dict.fromkeys(YEARS, 20e6)}
    assert graph.edges[("stream", "nhs_core"), ("pool", "shared"), "contributes"] == {
        "kind": "contributes",
        "minimum": {YEARS[0]: 0.0, YEARS[1]: 1.0},
        "maximum": {YEARS[0]: 5.0, YEARS[1]: None},
        "stays_in_area": {YEARS[0]: False, YEARS[1]: True},
        "legal_power": {YEARS[0]: POWER, YEARS[1]: None},
        "ring_fence": ("health_care",),
    }
    assert graph.edges[("stream", "nhs_core"), ("service", "treatment"), "direct"] == {
        "kind": "direct",
        "areas": ("county",),
        "today": {"county": 3.0},
        "ring_fence": ("health_care",),
    }
    assert graph.edges[("pool", "shared"), ("service", "treatment"), "pooled"] == {
        "kind": "pooled",
        "areas": ("county",),
        "today": {"county": 4.0},
        "purposes": ("health_care",),
        "streams": ("nhs_core",),
    }
    offer = graph.edges[("service", "treatment"), ("area", "county"), "treatment_in_house"]
    assert (offer["unit_cost"], offer["capacity"], offer["today"]) == (2000.0, None, 7.0)
    assert offer["need"] == {YEARS[0]: 9.0, YEARS[1]: 7.0}
    effect = graph.edges[("area", "county"), ("outcome", "recoveries"), "treatment"]
    assert (effect["impact"], effect["lag"]) == (0.8, 0)
    assert effect["at_risk"] == dict.fromkeys(YEARS, 9.0)
    saving = graph.edges[("outcome", "admissions"), ("agency", "nhs"), "saving"]
    assert saving == {
        "kind": "saving", "value": 4000.0, "price_year": None, "cashable": 0.3,
        "transfer": False, "to_exchequer": True,
    }  # fmt: skip


def test_money_spent_by_a_closed_route_is_shown_without_the_area() -> None:
    place = tiny(today=[{"service": "treatment", "stream": "council_tax", "amount": 5.0}])
    edge = place.network().edges[("stream", "council_tax"), ("service", "treatment"), "direct"]
    assert (edge["areas"], edge["today"]) == ((), {"place": 5.0})


def test_keys_of_nothing_make_no_nodes() -> None:
    savings = [{"outcome": "admissions", "agency": "nobody", "value": 1, "cashable": 0}]
    graph = tiny(savings=savings).network()
    assert ("agency", "nobody") not in graph
    assert all(about["layer"] for _, about in graph.nodes(data=True))


def test_changing_the_network_leaves_the_place_as_it_is() -> None:
    place = tiny()
    place.network().clear()
    assert place.network().number_of_nodes() == 2 + 2 + 1 + 2 + 1 + 2
