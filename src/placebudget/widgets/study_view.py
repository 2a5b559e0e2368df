"""What a study says: its words, its chart, its tables."""

from __future__ import annotations

import ipywidgets

from placebudget.study.result import Result
from placebudget.view.studies import study_panel
from placebudget.widgets.panels import shown


def study_view(found: Result) -> ipywidgets.HTML:
    """What a study says, as a part of a page.

    Parameters
    ----------
    found : study
        What ``pb.sharing``, ``pb.accounts``, ``pb.fairness``, ``pb.cycle`` and the
        other studies give.

    Returns
    -------
    ipywidgets.HTML
        Sentences, a chart with its finding (where the extra ``report`` is
        installed) and tables; the same in JupyterLab, Notebook and Voila.

    Examples
    --------
    >>> import placebudget as pb
    >>> view = pb.widgets.study_view(pb.sharing(pb.example("toy_pooling")))
    >>> "would have no incentive to take part" in view.value
    True
    """
    return shown(study_panel(found))
