"""A panel is read, checked and written as places are, and what is doubtful in it is a finding."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import placebudget as pb
from panels import panel_of
from placebudget.errors import CannotAnswer, InvalidPlace, WrongArgument
from placebudget.place import schema
from placebudget.sector import PanelData, panel_from
from placebudget.view.schema_page import schema_page

SHIPPED = pb.sector.panel()
SMALL = panel_of(
    {"price": [10.0, 12.0, 14.0], "outcome": [18.0, 19.0, 20.0]}, {"price": [100, 200, 300]}
)


def codes(held: PanelData) -> list[str]:
    return sorted(held.check().codes)


@pytest.mark.parametrize("form", ["panel", "panel.xlsx", "panel.zip"])
def test_a_panel_reads_back_equal_in_every_form(tmp_path: Path, form: str) -> None:
    again = pb.sector.panel(SMALL.write(tmp_path / form))
    assert again == SMALL
    assert again.digest == SMALL.digest
    assert list(again.check()) == []


def test_a_panel_a_place_and_a_library_are_not_taken_for_each_other(tmp_path: Path) -> None:
    written = SMALL.write(tmp_path / "x.zip")
    with pytest.raises(InvalidPlace, match=r"It is a panel.*placebudget\.sector\.panel\(path\)"):
        pb.read(written)
    with pytest.raises(InvalidPlace, match="It is a library, and a panel is needed here"):
        pb.sector.panel(pb.library().write(tmp_path / "library.zip"))


def test_the_panel_that_comes_along_holds_published_figures_with_their_source() -> None:
    assert (len(SHIPPED.authorities) >= 150, SHIPPED.check().errors) == (True, SHIPPED.check()[:0])
    assert SHIPPED.observations[["source", "status"]].notna().all(axis=None)
    assert SHIPPED.sources.notna().all(axis=None)
    assert set(SHIPPED.observations["source"]) == set(SHIPPED.sources["source"])
    assert {"cost", "outcome", "need", "finance"} == set(SHIPPED.measures["kind"])
    folder = Path(pb.sector.__file__).parent / "shipped"
    assert sum(each.stat().st_size for each in folder.iterdir()) < 3_000_000
    # 152 councils, 1,284.2 pounds a week, 14,807 weeks (PSS-EX1, 2013-14).
    found = SHIPPED.values("learning_disability_care_homes", "2013-14")
    lancashire = found.loc["E10000017"]
    assert len(found) == 152
    assert (lancashire["value"], lancashire["denominator"]) == (1284.2, 14807)
    assert SHIPPED.values("home_care_hours", "2013-14", "county")["class"].eq("county").all()


def test_merged_authorities_are_followed_and_figures_outside_their_lives_left_out() -> None:
    known = SHIPPED.authorities.set_index("authority")
    assert known.loc["E06000028", ["to", "successor"]].tolist() == ["2018-19", "E06000058"]
    assert "North Northamptonshire" in known.at["E10000021", "note"]
    later = SHIPPED.values("council_tax_of_spending_power", "2015-16")
    assert "E06000058" not in later.index
    assert "outside-life" in codes(SHIPPED)


def test_a_nought_that_means_missing_a_cost_without_volume_and_a_missing_return_are_told() -> None:
    """0 of Slough's direct payments, and a cost of home care in Blackburn without hours."""
    told = {each.code: each.what for each in SHIPPED.check()}
    assert {"nought", "no-volume", "missing-return", "blank"} <= set(told)
    slough = SHIPPED.authorities.set_index("name").at["Slough", "authority"]
    assert slough not in SHIPPED.values("direct_payments", "2013-14").index
    assert "E06000008" not in SHIPPED.values("home_care_hours", "2013-14").index
    said = SHIPPED.left_out("home_care_hours", "2013-14")
    assert "Blackburn with Darwen" in said


def test_what_is_doubtful_in_a_panel_is_a_finding_and_never_guessed() -> None:
    twelve = [10.0 + n for n in range(12)]
    seen = panel_of({"outcome": twelve})
    assert codes(seen) == []
    assert codes(panel_of({"outcome": [0.0, *twelve[1:]]})) == ["nought-or-missing"]
    assert codes(panel_of({"outcome": [None, *twelve[1:]]})) == ["blank"]
    assert codes(panel_of({"outcome": [10_000.0, *twelve[1:]]})) == ["other-unit"]
    assert codes(panel_of({"outcome": twelve}, year="2090-91")) == ["future-year"]
    gone = seen.with_(observations=seen.observations.iloc[1:])
    assert codes(gone) == ["missing-return"]
    priced = panel_of({"price": twelve}, {"price": [0, *[50] * 11]})
    assert codes(priced) == ["no-volume"]
    off = priced.observations
    off.loc[3, "value"] = 20.0
    assert "value-and-parts" in codes(priced.with_(observations=off))
    measures = priced.measures.assign(better="more")
    assert "price-and-direction" in codes(priced.with_(measures=measures))
    ends = seen.authorities.assign(to=["2011-12", *[None] * 11])
    assert {"no-successor", "outside-life"} <= set(codes(seen.with_(authorities=ends)))
    loop = ends.assign(
        successor=["a2", "a1", *[None] * 10], to=["2014-15", "2014-15", *[None] * 10]
    )
    assert {"successor-loop", "successor-gone"} <= set(codes(seen.with_(authorities=loop)))
    doubled = pd.concat([seen.observations, seen.observations.iloc[:1]])
    assert "doubled-key" in codes(seen.with_(observations=doubled))


def test_text_for_numbers_and_a_list_of_payments_end_in_findings(tmp_path: Path) -> None:
    folder = SMALL.write(tmp_path / "panel")
    held = (folder / "observations.csv").read_text("utf-8")
    (folder / "observations.csv").write_text(held.replace(",14,", ",about fourteen,"), "utf-8")
    with pytest.raises(InvalidPlace, match=r"observations, row 4, value: .*about fourteen"):
        pb.sector.panel(folder)
    head = "Body,Supplier,Date,Expense area,Amount\n"
    rows = "".join(f"Us,Firm {n},01/04/2014,Care,{500 + n}.10\n" for n in range(50_000))
    (folder / "observations.csv").write_text(head + rows, "utf-8")
    with pytest.raises(InvalidPlace) as caught:
        pb.sector.panel(folder)
    said = str(caught.value)
    assert "required column authority is missing" in said
    assert len(said) < 5_000


def test_what_cannot_be_meant_is_refused_in_words() -> None:
    assert SHIPPED.key_of("lancashire") == "E10000017"
    with pytest.raises(WrongArgument, match="Did you mean"):
        SHIPPED.key_of("Lancashir")
    with pytest.raises(WrongArgument, match="name of more than one authority"):
        SHIPPED.key_of("Somerset")
    with pytest.raises(CannotAnswer, match="years: 2012-13, 2013-14"):
        SHIPPED.values("home_care_hours", "1999-00")
    with pytest.raises(WrongArgument, match="paths of published files"):
        panel_from(3)  # type: ignore[arg-type]


def test_published_forms_give_the_rows_of_a_panel_by_the_reader_of_forms(tmp_path: Path) -> None:
    """Hartlepool: £5,000 thousand for 10,000 weeks are 500 a week; reserves 3 + 2 of 50 million."""
    costs = tmp_path / "unit_costs.csv"
    costs.write_text(
        "year,cassr,council,measure,what,cost_thousand,units,unit_cost,unit\n"
        '2013-14,111,Hartlepool,2.4,"residential care, older people",5000,10000,500.0,'
        "pounds a week\n"
    )
    outturn = tmp_path / "revenue_outturn.csv"
    outturn.write_text(
        "ONS code,Local authority,Year,Adult social care,Net revenue expenditure,"
        "Earmarked reserves at 1 April,Unallocated reserves at 1 April\n"
        "E06000001,Hartlepool,2014-15,20000,50000,3000,2000\n"
    )
    made = panel_from([costs, outturn])
    assert made.check().errors == made.check()[:0]
    rows = made.observations.set_index("measure")
    assert rows.loc["older_people_residential", ["value", "status"]].tolist() == [500, "published"]
    assert rows.at["older_people_residential", "numerator"] == 5_000_000
    assert rows.loc["reserves", ["numerator", "denominator"]].tolist() == [5e6, 50e6]
    assert made.values("reserves")["value"].tolist() == [0.1]
    assert set(made.sources["source"]) == {"adult_social_care_costs", "revenue_outturn"}


def test_the_page_on_the_format_of_a_panel_is_written_from_its_schema() -> None:
    page = Path(__file__).parents[2] / "docs" / "panel-format.md"
    assert page.read_text("utf-8") == schema_page(kind="panel"), "run make docs"
    assert set(schema("panel")) == {"authorities", "measures", "observations", "links", "sources"}


def test_a_figure_that_is_changed_compares_as_a_panel_read_anew_and_reads_nothing_else() -> None:
    """16 for the third: what is left out, found and compared is that of a new panel."""
    figures = [20.0, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 12]
    volumes = [1000.0] * 12
    held = panel_of({"price": figures, "need": figures[::-1]}, {"price": volumes})
    for changes, values, parts in (
        ({"value": 16.0}, [*figures[:2], 16.0, *figures[3:]], volumes),
        ({"denominator": 0.0}, figures, [*volumes[:2], 0.0, *volumes[3:]]),
        ({"numerator": 16_000.0}, [*figures[:2], 16.0, *figures[3:]], volumes),
    ):
        now = held.changed("A3", "price", **changes)
        new = panel_of({"price": values, "need": figures[::-1]}, {"price": parts})
        columns = ["name", "class", "denominator", "value"]
        pd.testing.assert_frame_equal(
            now.values("price")[columns], new.values("price")[columns], check_names=False
        )
        assert now.left_out("price", "2013-14") == new.left_out("price", "2013-14")
        asked = {"authority": "a1", "measure": "price"}
        one, other = (pb.sector.benchmark(**asked, panel=each) for each in (now, new))
        pd.testing.assert_frame_equal(one.tables["neighbours"], other.tables["neighbours"])
        # Looked through anew it is the same, too.
        again = PanelData(now.settings, now.tables)
        assert again.values("price").equals(now.values("price"))
    # What was left out counts again once its volume is there, and the panel stays as it was.
    empty = held.changed("a3", "price", denominator=0.0)
    assert "A3" in empty.left_out("price", "2013-14")
    back = empty.changed("a3", "price", denominator=500.0, value=11.0)
    assert back.values("price").at["a3", "denominator"] == 500
    assert not back.left_out("price", "2013-14")
    assert held.values("price").at["a3", "value"] == 11


def test_a_figure_is_changed_where_there_is_one_to_a_number_that_can_be_meant() -> None:
    with pytest.raises(WrongArgument, match="give a new value"):
        SMALL.changed("a1", "price")
    with pytest.raises(WrongArgument, match="value is a"):
        SMALL.changed("a1", "price", value="a lot")  # type: ignore[arg-type]
    gone = SMALL.with_(observations=SMALL.observations[1:])
    with pytest.raises(CannotAnswer, match="A1 has no figure"):
        gone.changed("a1", SMALL.observations["measure"].iloc[0], value=3)
