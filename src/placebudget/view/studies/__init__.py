"""Studies: an entry each, and what follows from it: pages, panels, a list."""

from placebudget.view.studies.registry import (
    STUDIES,
    studies_page,
    study_facts,
    study_panel,
    study_view,
)

__all__ = ["STUDIES", "studies_page", "study_facts", "study_panel", "study_view"]
