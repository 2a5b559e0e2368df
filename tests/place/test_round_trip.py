"""What is written reads back equal, whatever the form."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from full_place import AWKWARD_NUMBERS, AWKWARD_TEXTS, SETTINGS, every_column
from placebudget.errors import InvalidPlace
from placebudget.place import Place, Settings, read, schema
from places import rows_of, tiny
from proof import ALL, some_examples

FORMS = ("place", "place.xlsx", "place.zip")


@pytest.mark.parametrize("form", FORMS)
def test_a_place_with_every_column_reads_back_equal(tmp_path: Path, form: str) -> None:
    place = every_column()
    for name, table in schema().items():
        assert place.tables[name][list(table.names)].notna().any().all(), name
    again = read(place.write(tmp_path / form))
    assert again.settings == SETTINGS
    for name, frame in place.tables.items():
        assert frame.equals(again.tables[name]), name
    assert again == place
    assert again.digest == place.digest


@pytest.mark.parametrize("form", FORMS)
def test_every_awkward_text_and_number_comes_back(tmp_path: Path, form: str) -> None:
    outcomes = [{"outcome": f"o{n}", "name": text} for n, text in enumerate(AWKWARD_TEXTS)]
    funding = [
        {"stream": f"s{n}", "year": "2027-28", "amount": number}
        for n, number in enumerate(AWKWARD_NUMBERS)
    ]
    again = read(tiny(outcomes=outcomes, funding=funding).write(tmp_path / form))
    assert list(again.outcomes["name"]) == list(AWKWARD_TEXTS)
    assert list(again.funding["amount"]) == list(AWKWARD_NUMBERS)


@pytest.mark.parametrize("form", FORMS)
@settings(
    max_examples=15 if ALL else 5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
    number=st.floats(0, allow_nan=False, allow_infinity=False),
)
def test_any_text_and_number_come_back(tmp_path: Path, form: str, text: str, number: float) -> None:
    place = tiny(streams=[{"stream": "s", "name": text, "agency": "a", "raised": "local"}])
    place = place.with_(funding=place.funding.assign(amount=number))
    assert read(place.write(tmp_path / form)) == place


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("discount", ["green book", 0.035, ((30, 0.035), (75, 0.03))])
def test_settings_come_back(tmp_path: Path, form: str, discount: object) -> None:
    held = Settings(name="p", years=("2027-28",), discount=discount, extra={"x": "12", "y": [1]})
    assert read(tiny(settings=held).write(tmp_path / form)).settings == held


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", some_examples())
def test_examples_come_back(tmp_path: Path, form: str, name: str) -> None:
    place = read(name)
    assert read(place.write(tmp_path / form)) == place


@pytest.mark.parametrize("form", FORMS)
def test_writing_again_replaces_what_was_there(tmp_path: Path, form: str) -> None:
    tiny().write(tmp_path / form)
    without_pools = tiny(pools=None, contributions=None)
    without_pools.write(tmp_path / form)
    assert read(tmp_path / form) == without_pools
    assert [path.name for path in tmp_path.iterdir()] == [form]


def test_other_files_of_a_folder_stay(tmp_path: Path) -> None:
    folder = tiny().write(tmp_path / "place")
    (folder / "README.md").write_text("Read me")
    (folder / "more").mkdir()
    tiny(needs=None).write(folder)
    assert (folder / "README.md").read_text() == "Read me"
    assert (folder / "more").is_dir()
    assert not (folder / "needs.csv").exists()


def test_a_folder_that_is_no_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")
    with pytest.raises(InvalidPlace, match="no place"):
        tiny().write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("name", ["place.csv", "place.json", "note"])
def test_a_place_is_not_written_over_a_file_or_in_another_form(tmp_path: Path, name: str) -> None:
    (tmp_path / "note").write_text("keep me")
    with pytest.raises(InvalidPlace, match="Name a new folder"):
        tiny().write(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["note"]


@pytest.mark.parametrize("form", FORMS)
def test_a_place_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, form: str) -> None:
    tiny().write(tmp_path / form)
    endless = tiny().with_(funding=tiny().funding.assign(amount=float("inf")))
    with pytest.raises(InvalidPlace) as raised:
        endless.write(tmp_path / form)
    assert {(f.table, f.row, f.column) for f in raised.value.findings} == {
        ("funding", row, "amount") for row in (2, 3, 4, 5)
    }
    assert read(tmp_path / form) == tiny()


@pytest.fixture
def without_swapping(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that cannot exchange two folders in one step."""
    monkeypatch.setattr("placebudget.writing.swap_folders", lambda one, other: False)


@pytest.mark.usefixtures("without_swapping")
def test_a_folder_is_replaced_where_the_system_cannot_swap(tmp_path: Path) -> None:
    folder = tiny().write(tmp_path / "place")
    (folder / "README.md").write_text("Read me")
    tiny(needs=None).write(folder)
    assert read(folder) == tiny(needs=None)
    assert (folder / "README.md").read_text() == "Read me"
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


@pytest.mark.usefixtures("without_swapping")
def test_a_write_that_breaks_off_brings_the_old_place_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny().write(tmp_path / "place")
    rename, calls = Path.rename, []

    def breaks(path: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 2:  # the old folder is aside, the new one not yet in its place
            raise OSError("disk gone")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", breaks)
    with pytest.raises(OSError, match="disk gone"):
        tiny(needs=None).write(folder)
    assert read(folder) == tiny()
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_text_too_long_for_a_cell_is_refused_in_a_workbook_only(tmp_path: Path) -> None:
    rows = rows_of("agencies")
    rows[0]["name"] = "x" * 40_000
    place = tiny(agencies=rows)
    with pytest.raises(InvalidPlace, match="32767"):
        place.write(tmp_path / "place.xlsx")
    assert read(place.write(tmp_path / "place.zip")) == place


def test_the_same_place_gives_the_same_archive(tmp_path: Path) -> None:
    one, other = tiny().write(tmp_path / "one.zip"), tiny().write(tmp_path / "other.zip")
    assert one.read_bytes() == other.read_bytes()
    assert "funding.csv" in zipfile.ZipFile(one).namelist()


def test_only_tables_with_rows_and_required_tables_are_written(tmp_path: Path) -> None:
    place = tiny(effects=None)
    folder = place.write(tmp_path / "place")
    assert not (folder / "rules.csv").exists()
    assert (folder / "effects.csv").read_text().startswith("service,outcome,")
    assert read(folder) == place


def test_numbers_are_written_as_people_write_them(tmp_path: Path) -> None:
    folder = tiny().write(tmp_path / "place")
    assert "council_tax,2027-28,10000000,,made_up,illustrative," in (
        folder / "funding.csv"
    ).read_text("utf-8")


def test_a_place_can_be_written_where_it_is_read_by_its_package(tmp_path: Path) -> None:
    folder = tiny().write(tmp_path / "deep" / "place")
    assert read(folder / "datapackage.json") == tiny()
    assert isinstance(read(str(folder)), Place)
