"""The frictionless library judges written folders: valid tabular data packages."""

from __future__ import annotations

import json
from pathlib import Path

import frictionless
import pytest

from full_place import every_column
from panels import panel_of
from placebudget import library
from placebudget.place import read, schema
from placebudget.place.place import Package
from places import YEARS, rows_of, tiny
from proof import some_examples


def errors(place: Package, folder: Path) -> list[list[object]]:
    """What frictionless finds wrong with a written place, or a library."""
    package = place.write(folder / "place") / "datapackage.json"
    described = frictionless.Package.metadata_validate(json.loads(package.read_text("utf-8")))
    assert not list(described)
    return frictionless.validate(str(package)).flatten(["rowNumber", "type", "note"])


@pytest.mark.parametrize("name", some_examples())
def test_examples_are_valid_packages(tmp_path: Path, name: str) -> None:
    assert errors(read(name), tmp_path) == []


def test_the_library_is_a_valid_package_in_a_folder_and_in_one_file(tmp_path: Path) -> None:
    assert errors(library(), tmp_path) == []
    held = json.loads(library().write(tmp_path / "library.json").read_text("utf-8"))
    assert not list(frictionless.Package.metadata_validate(held))
    services = frictionless.Package(held).get_resource("services").read_rows()
    assert [row["service"] for row in services] == library().services["service"].tolist()


def test_a_panel_is_a_valid_package(tmp_path: Path) -> None:
    held = panel_of({"price": [10.0, 12.0], "need": [1.0, 2.0]}, {"price": [100, 200]})
    assert errors(held, tmp_path) == []


def test_blank_parts_of_keys_are_valid(tmp_path: Path) -> None:
    needs = [
        {"service": "prevention", "people": 10},
        {"service": "prevention", "year": YEARS[0], "people": 5},
        {"service": "treatment", "people": 10},
    ]
    today = [
        *rows_of("today"),
        {"service": "treatment", "stream": "nhs_core", "amount": 1, "pool": "shared"},
    ]
    place = tiny(needs=needs, today=today, reserves=[{"agency": "nhs", "opening": 1}])
    assert errors(place, tmp_path) == []


def test_trees_of_areas_and_ring_fences_are_valid(tmp_path: Path) -> None:
    areas = [
        {"area": "town", "parent": "county", "population": 10},
        {"area": "county", "population": 20},
    ]
    fences = [{"stream": "council_tax", "purpose": "public_health"}]
    place = tiny(areas=areas, ring_fences=fences, pool_purposes=None)
    assert errors(place, tmp_path) == []


def test_an_unknown_key_is_an_error_to_frictionless_too(tmp_path: Path) -> None:
    found = errors(tiny(ring_fences=[{"stream": "nobody", "purpose": "public_health"}]), tmp_path)
    assert [kind for _, kind, _ in found] == ["foreign-key"]
    assert "nobody" in str(found)


def test_awkward_texts_read_the_same_with_frictionless(tmp_path: Path) -> None:
    place = every_column()
    package = frictionless.Package(str(place.write(tmp_path / "place") / "datapackage.json"))
    rows = package.get_resource("sources").read_rows()
    own = place.sources["title"].astype(object).where(place.sources["title"].notna(), None)
    assert [row["title"] for row in rows] == list(own)


def test_every_column_is_described_with_its_type_and_limits(tmp_path: Path) -> None:
    package = frictionless.Package(str(every_column().write(tmp_path / "p") / "datapackage.json"))
    for name, table in schema().items():
        described = package.get_resource(name).schema
        assert described.field_names == list(table.names)
        for column in table.columns:
            field = described.get_field(column.name)
            assert field.type == ("string" if column.type == "year" else column.type)
            assert field.constraints.get("required", False) == column.required
            assert field.constraints.get("enum", []) == list(column.allowed)
            assert column.description in str(field.description)
