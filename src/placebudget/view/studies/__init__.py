"""Studies as pages and panels: their words, a chart with its finding, their tables."""

from placebudget.view.studies.page import study_facts, study_view
from placebudget.view.studies.panel import study_panel

__all__ = ["study_facts", "study_panel", "study_view"]
