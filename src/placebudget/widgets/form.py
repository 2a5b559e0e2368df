"""A form of native controls, described as data; what a page may say to it; widgets closed whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import ipywidgets
import traitlets

from placebudget.errors import fault_words
from placebudget.work.controls import Control, ControlGroup, Value

# What a page may say to a widget: named traits only, each checked, refused in words.


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


# Widgets closed with all they are made of: ipywidgets closes one alone, and keeps the rest.


def close_whole(*widgets: ipywidgets.Widget | None) -> None:
    """Close widgets, and before each all that stands in it: children, layout, style.

    Parameters
    ----------
    *widgets : Widget or None
        What is to be closed; what is closed already, or was never there, is passed over.

    Examples
    --------
    >>> inner = ipywidgets.HTML()
    >>> close_whole(ipywidgets.VBox([inner]))
    >>> inner.comm is None and inner.layout.comm is None
    True
    """
    for widget in widgets:
        if widget is None or widget.comm is None:
            continue
        for held in widget.trait_values(sync=True).values():
            parts = held if isinstance(held, tuple) else (held,)
            close_whole(*(each for each in parts if isinstance(each, ipywidgets.Widget)))
        widget.close()


_MODULE = (Path(__file__).parent / "static" / "formview.js").read_text("utf-8")


class Form(Listening):
    """A form in the page.

    Parameters
    ----------
    label : str
        What the form is, for those who do not see it.
    groups : sequence of ControlGroup
        Its controls.
    hint : str
        What is said while something is dragged.
    """

    heard = ("values",)
    _esm = _MODULE

    form = traitlets.Dict(read_only=True).tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)

    def __init__(self, label: str, groups: Sequence[ControlGroup] = (), *, hint: str = "") -> None:
        self._label = label
        self._controls: dict[str, Control] = {}
        self._changed: list[Callable[[str, Value], None]] = []
        self._pressed: list[Callable[[str], None]] = []
        self._showing = False
        # What was accepted last: while a message is read, the trait holds what it proposes.
        self._held: dict[str, Value] = {}
        super().__init__(hint=hint)
        self.observe(self._tell_changes, "values")
        self.show(groups)
        self.on_msg(self._message)

    def show(self, groups: Sequence[ControlGroup]) -> None:
        """Show these controls, with their own values, in place of those there were."""
        controls = [control for group in groups for control in group.controls]
        self._controls = {control.key: control for control in controls}
        documents = [group.document() for group in groups]
        self._showing = True
        with self.hold_sync():
            self.set_trait("form", {"label": self._label, "groups": documents})
            self.values = {c.key: c.value for c in controls if c.value is not None}
        self._showing = False

    def fill(self, values: Mapping[str, Value]) -> None:
        """Put values in without anybody being told that they changed."""
        self._showing = True
        self.values = {**self.values, **values}
        self._showing = False

    def on_change(self, heard: Callable[[str, Value], None]) -> None:
        """Call with key and value of every control that is changed."""
        self._changed.append(heard)

    def on_press(self, heard: Callable[[str], None]) -> None:
        """Call with the key of every button that is pressed."""
        self._pressed.append(heard)

    def press(self, key: str) -> None:
        """Press a button, as the page would."""
        control = self._controls.get(key)
        if control is None or control.kind != "button" or control.disabled:
            return
        for heard in self._pressed:
            self._call(heard, key)

    def _call(self, heard: Callable[..., None], *given: Value) -> None:
        """Tell somebody what was done; what goes wrong there is said here."""
        try:
            heard(*given)
        except Exception as error:  # nobody else would hear of it
            self.tell(refused_words(error))

    @traitlets.validate("values")
    def _checked(self, proposal: dict[str, Any]) -> dict[str, Value]:
        given = proposal["value"]
        held: dict[str, Value] = {} if self._showing else dict(self._held)
        problems = []
        for key, value in given.items():
            control = self._controls.get(key)
            if control is None or control.kind in ("button", "words"):
                continue
            same = type(value) is type(held.get(key)) and value == held[key]
            problem = "" if self._showing or same else control.problem(value)
            if problem:
                problems.append(problem)
            held[key] = value
        if problems:
            raise traitlets.TraitError(" ".join(problems))
        return held

    def _tell_changes(self, change: dict[str, Any]) -> None:
        before, self._held = self._held, dict(change["new"])
        if self._showing:
            return
        for key, value in change["new"].items():
            if before.get(key) != value:
                for heard in self._changed:
                    self._call(heard, key, value)

    def _message(self, widget: Any, content: Any, buffers: Any) -> None:
        key = content.get("press") if isinstance(content, dict) else None
        if isinstance(key, str):
            self.press(key)
