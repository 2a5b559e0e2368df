"""A place keeps its digest when the format grows by a column or a table."""

import placebudget as pb


def test_a_column_that_nobody_filled_changes_no_digest() -> None:
    place = pb.example("toy_pooling")
    bare = {name: frame.dropna(axis="columns", how="all") for name, frame in place.tables.items()}
    given = {name: frame for name, frame in bare.items() if len(frame)}
    assert pb.Place(settings=place.settings, tables=given).digest == place.digest


def test_a_column_that_is_filled_does() -> None:
    place = pb.example("toy_pooling")
    services = place.tables["services"].assign(led_by="need")
    led = pb.Place(settings=place.settings, tables={**place.tables, "services": services})
    assert led.digest != place.digest
