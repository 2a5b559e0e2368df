"""What a page may say to a widget: named traits only, each checked, refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import anywidget
import traitlets

from placebudget.errors import fault_words


def refused_words(error: Exception) -> str:
    """Why something did not happen: refused with a reason, or a fault."""
    if isinstance(error, traitlets.TraitError):
        return f"This was refused: {error}"
    return fault_words(error)


class Listening(anywidget.AnyWidget):
    """A widget that hears some of its traits from the page and nothing else.

    A message that does not pass the trait's own check changes nothing; the page
    is told why, and shows again what holds. Its script and style are given as text:
    a path would be watched for changes, and whoever watches keeps every widget alive.
    """

    heard: ClassVar[tuple[str, ...]] = ()
    said = traitlets.Unicode("").tag(sync=True)

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Take over what the page says, as far as the page has a say."""
        known = {name: value for name, value in sync_data.items() if name in self.heard}
        if not known:
            return
        try:
            super().set_state(known)
        except Exception as error:  # nobody else would hear of it
            self.tell(refused_words(error))
            self.send_state(list(known))

    def tell(self, words: str) -> None:
        """Say something in the widget's line of news, also where it was said before."""
        if words == self.said:
            self.said = ""
        self.said = words
