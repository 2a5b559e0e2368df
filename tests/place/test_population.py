"""Need that follows from the population, and what is wrong or doubtful about it."""

from __future__ import annotations

from typing import Any

import pytest

import placebudget as pb
from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.place.population import needs_of, people_between
from placebudget.plan.resting import NEED, figures_of
from places import MADE_UP, YEARS, rows_of, tiny

AREAS = [
    {"area": "lancashire", "population": 1_250_000, **MADE_UP},
    {"area": "burnley", "parent": "lancashire", "population": 95_655, **MADE_UP},
    {"area": "pendle", "parent": "lancashire", "population": 95_655, **MADE_UP},
]


def cohort(area: str | None, band: str, **people: float) -> list[dict[str, Any]]:
    """Rows of one area and band; years as y2022."""
    return [
        {"area": area, "band": band, "year": year[1:], "people": number, **MADE_UP}
        for year, number in people.items()
    ]


def share(band: str, of_them: float, trend: float | None = None) -> dict[str, Any]:
    """A row of prevalence of treatment."""
    return {"service": "treatment", "band": band, "share": of_them, "trend": trend, **MADE_UP}


def aged(
    cohorts: list[dict[str, Any]],
    *shares: dict[str, Any],
    needs: list[dict[str, Any]] | None = None,
    **tables: Any,
) -> Place:
    """The tiny place with cohorts; need of treatment is not given unless it is said."""
    others = [row for row in rows_of("needs") if row["service"] != "treatment"]
    return tiny(needs=[*others, *(needs or [])], cohorts=cohorts, prevalence=list(shares), **tables)


def in_need(place: Place) -> dict[str, float]:
    """People in need of treatment by year, over all areas."""
    rows = needs_of(place)
    return rows[rows["service"] == "treatment"].groupby("year")["people"].sum().to_dict()


def codes(place: Place) -> list[str]:
    """Codes of what is found about the two tables, and about need."""
    about = ("cohorts", "prevalence", "needs")
    return [each.code for each in place.check() if each.table in about]


def test_people_grow_by_the_same_rate_between_two_years() -> None:
    burnley = {2022: 17_233.0, 2032: 20_351.0}
    assert people_between(burnley, 2032) == 20_351
    one = people_between({2022: 17_233, 2027: 18_750}, 2023)
    assert one is not None
    assert one / 17_233 - 1 == pytest.approx(0.017017, abs=5e-7)
    assert people_between({2022: 500, 2032: 500}, 2029) == 500
    assert people_between({2022: 0, 2032: 10}, 2027) == 5
    assert people_between(burnley, 2021) is people_between(burnley, 2033) is None


def test_need_is_people_times_prevalence_in_each_year() -> None:
    # 900 of Burnley's 17,233 in 2022 become 1,062.84 in 2032, 10 years on.
    cohorts = cohort(None, "65_plus", y2027=17_233, y2028=20_351)
    place = aged(cohorts, share("65_plus", 900 / 17_233))
    assert in_need(place) == pytest.approx({"2027-28": 900, "2028-29": 1_062.84}, abs=0.005)
    # Bands add up, and a trend of the share counts from the first year on.
    cohorts += cohort(None, "0_15", y2027=1_000, y2028=1_000)
    both = aged(cohorts, share("65_plus", 0.0), share("0_15", 0.5, trend=-0.1))
    assert in_need(both) == pytest.approx({"2027-28": 500, "2028-29": 450})
    flat = aged(cohort(None, "0_15", y2022=1_000, y2032=1_000), share("0_15", 0.5))
    assert set(in_need(flat).values()) == {500}


def test_a_place_without_cohorts_has_the_same_programme_and_one_with_them_that_of_its_needs() -> (
    None
):
    cohorts = cohort(None, "85_plus", y2027=24_000, y2028=24_000)
    filled = aged(cohorts, share("85_plus", 0.5))
    assert needs_of(tiny()).equals(tiny().filled("needs"))
    given, worked = (pb.optimise(each, pooling="pooled", prices=False) for each in (tiny(), filled))
    assert given.objective.value == worked.objective.value
    assert given.tables["money"].equals(worked.tables["money"])
    assert codes(filled) == []


def test_a_given_need_counts_and_a_different_one_is_told() -> None:
    cohorts = cohort(None, "85_plus", y2027=1_000, y2028=2_000)
    own = [{"service": "treatment", "year": YEARS[0], "people": 700, **MADE_UP}]
    place = aged(cohorts, share("85_plus", 0.5), needs=own)
    assert in_need(place) == {"2027-28": 700, "2028-29": 1_000}
    found = next(each for each in place.check() if each.code == "need-given-twice")
    assert "700; by population it is 500. The given one counts." in found.what
    alike = [{**own[0], "people": 500}]
    assert codes(aged(cohorts, share("85_plus", 0.5), needs=alike)) == []
    # A blank year stands for each, so that the population fills nothing.
    each_year = aged(cohorts, share("85_plus", 0.5), needs=rows_of("needs")[1:])
    assert len(needs_of(each_year)) == 2


def test_a_county_that_holds_its_districts_is_refused() -> None:
    districts = cohort("burnley", "85_plus", y2027=10, y2028=10)
    county = cohort("lancashire", "85_plus", y2027=100, y2028=100)
    place = aged([*county, *districts], share("85_plus", 0.5), areas=AREAS)
    told = next(each for each in place.check().errors if each.code == "people-count-twice")
    assert told.what == (
        "lancashire holds burnley, whose people are given as well: they would count twice."
    )
    assert "people-count-twice" not in codes(aged(districts, share("85_plus", 0.5), areas=AREAS))


@pytest.mark.parametrize(
    ("cohorts", "shares", "code"),
    [
        ([("65_plus", 9)], ["65_plus"], "band-hides-oldest"),
        ([("all_ages", 9)], ["all_ages"], "band-hides-oldest"),
        ([("18_64", 9), ("60_84", 9)], ["18_64", "60_84"], "bands-overlap"),
        ([("the old", 9)], ["the old"], "band-without-ages"),
        ([("85_plus", 9)], [], "cohorts-unused"),
        ([("85_plus", 9)], ["0_15"], "unknown-key"),
    ],
)
def test_what_hides_need_or_counts_it_twice_is_found(
    cohorts: list[tuple[str, float]], shares: list[str], code: str
) -> None:
    rows = [row for band, n in cohorts for row in cohort(None, band, y2027=n, y2028=n)]
    assert code in codes(aged(rows, *(share(band, 0.5) for band in shares)))


def test_years_and_bands_that_are_not_known_are_told_and_never_guessed() -> None:
    short = aged(cohort(None, "85_plus", y2020=90, y2027=100), share("85_plus", 0.5))
    assert in_need(short) == {"2027-28": 50}
    told = next(each for each in short.check() if each.code == "population-not-known")
    assert "in 2028-29" in told.what
    rows = [
        *cohort("burnley", "85_plus", y2027=10, y2028=10),
        *cohort("burnley", "65_84", y2027=50, y2028=50),
        *cohort("pendle", "65_84", y2027=50, y2028=50),
    ]
    part = aged(rows, share("85_plus", 0.5), share("65_84", 0.1), areas=AREAS)
    assert set(needs_of(part).dropna(subset=["area"])["area"]) == {"burnley"}
    assert "band-not-there" in codes(part)


def test_people_below_an_offer_add_up_and_people_above_it_are_refused() -> None:
    rows = [
        *cohort("burnley", "85_plus", y2027=10, y2028=10),
        *cohort("pendle", "85_plus", y2027=30, y2028=30),
    ]
    place = aged(rows, share("85_plus", 0.5), areas=AREAS)
    assert in_need(place)["2027-28"] == 20
    units = pb.optimise(place, prices=False).tables["units"]
    assert units.query("service == 'treatment'")["units"].max() == pytest.approx(20)
    offers = [
        {**row, "area": "burnley"} if row["service"] == "treatment" else row
        for row in rows_of("offers")
    ]
    served = aged(rows, share("85_plus", 0.5), areas=AREAS, offers=offers, today=[])
    assert [each.code for each in served.check() if each.table == "prevalence"] == ["unserved-need"]
    county = cohort("lancashire", "85_plus", y2027=10, y2028=10)
    above = aged(county, share("85_plus", 0.5), areas=AREAS, offers=offers, today=[])
    assert "two-levels" in [each.code for each in above.check().errors]


def test_a_need_of_the_population_rests_on_its_shares() -> None:
    place = aged(cohort(None, "85_plus", y2027=1_000, y2028=1_100), share("85_plus", 0.5))
    figure = next(
        each for each in figures_of(place) if each.kind == NEED and each.service == "treatment"
    )
    assert (figure.table, figure.amount, figure.status) == ("prevalence", 500, "illustrative")
    assert in_need(figure.times(place, 2)) == pytest.approx({"2027-28": 1_000, "2028-29": 1_100})


def test_an_option_lets_the_old_grow_faster_and_says_why_and_whence() -> None:
    rows = cohort(None, "85_plus", y2022=800, y2032=1_600) + cohort(None, "0_15", y2027=5, y2028=5)
    place = aged(rows, share("85_plus", 0.5))
    option = place.ageing(0.02, reason="Fewer die young.", source="A census")
    faster = place.with_option(option)
    before, after = in_need(place), in_need(faster)
    assert after[YEARS[0]] == pytest.approx(before[YEARS[0]])
    assert after[YEARS[1]] == pytest.approx(before[YEARS[1]] * 1.02)
    changed = faster.cohorts[faster.cohorts["band"] == "85_plus"]
    assert set(changed["note"]) == {"Fewer die young."}
    assert set(faster.sources["title"]) >= {"A census"}
    assert option.description == "Fewer die young."
    assert len(faster.cohorts[faster.cohorts["band"] == "0_15"]) == 2
    assert not faster.check().errors
    with pytest.raises(WrongArgument, match="no band 75_plus; bands there are: 85_plus, 0_15"):
        place.ageing(0.02, reason="", bands="75_plus")
    with pytest.raises(WrongArgument, match="it has no cohorts"):
        tiny().ageing(0.02, reason="")


def test_a_projection_of_districts_is_taken_and_their_county_beside_them_refused() -> None:
    # Office for National Statistics, 2022-based projections, people of 65 and over.
    projected = {
        "burnley": (17_233, 18_750, 20_351),
        "pendle": (17_653, 18_913, 20_396),
        "lancashire": (263_319, 289_732, 321_412),
    }
    rows = {
        area: cohort(area, "65_plus", y2022=a, y2027=b, y2032=c)
        for area, (a, b, c) in projected.items()
    }
    of_them = share("65_plus", 900 / 17_233)
    together = aged([row for each in rows.values() for row in each], of_them, areas=AREAS)
    assert codes(together).count("people-count-twice") == 1
    districts = aged([*rows["burnley"], *rows["pendle"]], of_them, areas=AREAS)
    assert codes(districts) == ["band-hides-oldest"]
    need = needs_of(districts).set_index(["area", "year"])["people"]
    assert need["burnley", "2027-28"] == pytest.approx(900 * 18_750 / 17_233)
    assert need["burnley", "2028-29"] / need["burnley", "2027-28"] == pytest.approx(
        (20_351 / 18_750) ** 0.2
    )
