"""A board with a panel and a review of its own: every screen of councils, peers and doubt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import browsing
import placebudget as pb

OURS, PAYS = "Toyland", 1234.5
SCREENS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "benchmark": ({"measure": "older_people_residential"}, {}),
    "productivity": ({}, {}),
    "exchange": ({"measure": "older_people_residential"}, {}),
    "early_warning": ({}, {}),
    "excellence": ({}, {}),
    "peer_support": ({}, {}),
    "peer_challenge": ({}, {}),
    "supplementary": ({}, {}),
    "rests": ({}, {"most": "2"}),
    "uncertainty": ({}, {"draws": "16", "replanned": "2", "find_out": "1"}),
    "robust": ({}, {"scenarios": "2"}),
    "budget_risk": ({}, {"draws": "16"}),
    "did_it_work": ({}, {}),
    "years": ({}, {"runs": "2"}),
    "todo": ({}, {}),
    "changed": ({}, {}),
}
"""What is chosen on each screen, and what is typed in, so that answers come at once."""


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browsing.Server]:
    """A board of the smallest example, beside an edition with less money."""
    home = tmp_path_factory.mktemp("own")
    place = pb.example("toy_pooling")
    place.write(home / "toy")
    pb.Option("less").scale("funding", 0.9).apply(place).with_(settings=place.settings).write(
        home / "last"
    )
    panel, review = pb.sector.panel(), pb.sector.review()
    ours = panel.tables["authorities"]["name"] == "Surrey"
    key = panel.tables["authorities"]["authority"][ours].item()
    seen = panel.tables["observations"].copy()
    paid = (seen["authority"] == key) & (seen["measure"] == "older_people_residential")
    seen.loc[paid, "value"] = PAYS
    seen.loc[paid, "numerator"] = PAYS * seen.loc[paid, "denominator"]
    names = panel.tables["authorities"]["name"].mask(ours, OURS)
    authorities = panel.tables["authorities"].assign(name=names)
    panel.with_(authorities=authorities, observations=seen).write(home / "panel.zip")
    councils = review.tables["councils"]
    first = councils["council"] == councils["council"].iloc[0]
    review.with_(councils=councils.assign(name=councils["name"].mask(first, OURS))).write(
        home / "review.xlsx"
    )
    own = ("--panel", str(home / "panel.zip"), "--review", str(home / "review.xlsx"))
    with browsing.board(home, str(home / "toy"), *own) as server:
        yield server


def test_every_screen_of_councils_peers_and_doubt_shows_its_answer_to_all(
    papers: Page, pictures: Path
) -> None:
    page = papers
    heading, said = page.locator("#pb-main h1"), {}
    for screen, (chosen, typed) in SCREENS.items():
        browsing.go(page, screen)
        for name, label in chosen.items():
            page.select_option(f"#form-{screen}-{name}", label)
        for name, text in typed.items():
            browsing.fill(page, f"{screen}-{name}", text)
        page.locator(f"button[data-study={screen}], form[data-form={screen}] button").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".pb-status")).to_contain_text("Done: ")
        expect(heading).not_to_contain_text("has not been asked yet")
        expect(heading).not_to_contain_text("could not be worked out")
        expect(page.locator(".pb-progress progress")).to_have_count(0)
        said[screen] = page.locator(".pb-screen").inner_text()
        browsing.judged(page, pictures, screen)
        page.set_viewport_size(browsing.WIDE)
    # The figures are those of the panel and of the review that the board was given.
    assert "£1,234.50" in said["benchmark"]
    for screen in ("productivity", "exchange", "early_warning", "excellence", "peer_challenge"):
        assert OURS in said[screen], screen
        assert not {"Surrey", "Ashby"} & set(said[screen].split()), screen
