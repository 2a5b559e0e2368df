"""The board as a widget: actions of the page in, screens and controls out.

Solving runs in a thread of its own, so that screens can be read and work can be
stopped meanwhile. Every wish of the page is checked here; what is unknown is
left alone.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import traitlets

from placebudget.apps import sentences
from placebudget.apps.blocks import TextBlock, rendered
from placebudget.apps.controls import NO_CONTROLS, controls
from placebudget.apps.deciding import ENTER, SHOW_WHO
from placebudget.apps.files import (
    File,
    RefusedUpload,
    UploadReader,
    export,
    plan_file,
    uploaded_place,
)
from placebudget.apps.links import link_of, read_link
from placebudget.apps.meeting import STUDIES, BoardAnswer, BoardState, Meeting, subject_of, work_out
from placebudget.apps.screens import FIRST, GROUPS, OF_REGISTER, SCREENS, Screen, shown
from placebudget.apps.screens.deciding import plans_of
from placebudget.apps.sentences import NOT_SHOWN, done_words, first_words
from placebudget.errors import fault_words
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.plan.drawing import plan_drawing
from placebudget.study import TITLES
from placebudget.widgets.form import Listening, close_whole
from placebudget.widgets.panels import PlanView, plan_view
from placebudget.words import sentence
from placebudget.work import Changes
from placebudget.work.asking import InvalidChoice, read
from placebudget.work.elsewhere import Elsewhere, Presented
from placebudget.work.jobs import Work, Worker

# What the screens of a board show, put together once for what stands before it.

_DRAWN = "data-drawing"
ALL = (FIRST, *SCREENS)
"""Every screen of a live board."""


def _listed(register: bool) -> list[dict[str, str]]:
    """Every screen in reading order, with the group in which it stands; the first is in none."""
    names = {each.key: each.name for each in ALL}
    left_out = () if register else OF_REGISTER
    grouped = [(key, group) for group, keys in GROUPS for key in keys if key not in left_out]
    return [
        {"key": key, "name": names[key], "group": group}
        for key, group in ((FIRST.key, ""), *grouped)
    ]


class Showing:
    """The screens of a meeting, each told anew only when something has changed.

    Parameters
    ----------
    meeting : Meeting
        What stands before the board.
    """

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self._view: PlanView | None = None
        self._drawn: tuple[Plan | None, Plan | None] = (None, None)
        self._told: dict[str, tuple[object, dict[str, Any]]] = {}
        # A screen may solve, and solves one at a time; others can be read meanwhile.
        self._telling = {each.key: threading.Lock() for each in ALL}
        self._sketching = threading.Lock()

    def screen(self, screen: Screen) -> dict[str, Any]:
        """What a screen says, and the key of the widget that draws the plan in it.

        A screen that cannot be put together says so in its own place.
        """
        try:
            told = self._tell(screen)
            drawing = self._drawing() if _DRAWN in told["html"] else ""
        except Exception as error:
            html = rendered([TextBlock(fault_words(error), "warning")])
            told, drawing = {"title": NOT_SHOWN, "html": html, "waiting": False}, ""
        return {**told, "screen": screen.key, "name": screen.name, "drawing": drawing}

    @property
    def picture(self) -> Mapping[str, Any] | None:
        """What the widget that draws has drawn."""
        return None if self._view is None else dict(self._view.drawing)

    def drawn_by(self, picture: Mapping[str, Any]) -> str:
        """Have the widget that draws show a picture that another has; its key in the page."""
        with self._sketching:
            self._drawn = (None, None)
            if self._view is None:
                self._view = PlanView(picture)
            else:
                self._view.drawing = dict(picture)
            return str(self._view.model_id)

    def close(self) -> None:
        """Close the widget that draws."""
        close_whole(self._view)

    def prepare(self, stop: threading.Event) -> None:
        """Tell every screen beforehand, so that each opens at once."""
        for screen in ALL:
            if not stop.is_set():
                self.screen(screen)

    def _tell(self, screen: Screen) -> dict[str, Any]:
        with self._telling[screen.key]:
            mark = self._mark(), None if screen.mark is None else screen.mark(self.meeting)
            held = self._told.get(screen.key)
            if held is None or held[0] != mark:
                held = self._told[screen.key] = (mark, shown(screen, self.meeting))
            return held[1]

    def _mark(self) -> tuple[object, ...]:
        """What everything on a screen hangs on."""
        meeting, answer = self.meeting, self.meeting.answer
        state = (
            answer,
            meeting.first,
            meeting.trouble,
            meeting.asked,
            meeting.stopped,
            meeting.older,
            *meeting.kept.items(),
        )
        if answer is None:
            return state
        studied = (*answer.studied, *answer.studies.values())
        return (*state, len(answer.plans), len(answer.missing), tuple(answer.unmoved), studied)

    def _drawing(self) -> str:
        """The widget that draws the plans of the latest answer, by its key in the page."""
        answer = self.meeting.latest
        with self._sketching:
            plans = {} if answer is None else answer.plans
            drawn = (plans.get("pooled"), plans.get("aligned"))
            pooled, aligned = drawn
            if pooled is not None and any(
                a is not b for a, b in zip(self._drawn, drawn, strict=True)
            ):
                beside = None if aligned is None else {TITLES["aligned"]: aligned}
                if self._view is None:
                    self._view = plan_view(pooled, beside)
                else:
                    self._view.drawing = plan_drawing(pooled, beside)
                self._drawn = drawn
            return "" if self._view is None else str(self._view.model_id)


_STATIC = Path(__file__).parent / "static"
_NO_PROGRESS = {"text": "", "share": 0.0}
_CLASH = "clash"


class Board(Listening):
    """A board on screen.

    Parameters
    ----------
    meeting : Meeting
        What stands before the board.
    ahead : bool
        Whether every screen is put together beforehand, because nobody waits yet.
    showing : Showing, optional
        What of its screens is told already.
    """

    _esm = (_STATIC / "board.js").read_text("utf-8")
    _css = (_STATIC / "board.css").read_text("utf-8")
    screens: Any = traitlets.List().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)
    controls = traitlets.Dict().tag(sync=True)
    problems: Any = traitlets.List().tag(sync=True)
    listed = traitlets.Dict().tag(sync=True)
    progress = traitlets.Dict(_NO_PROGRESS).tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    undoable = traitlets.Bool(False).tag(sync=True)
    redoable = traitlets.Bool(False).tag(sync=True)
    working = traitlets.Bool(False).tag(sync=True)
    room = traitlets.Dict().tag(sync=True)

    def __init__(
        self, meeting: Meeting, *, ahead: bool = False, showing: Showing | None = None
    ) -> None:
        self.meeting = meeting
        self._ahead = ahead
        self._screen, self._began_with = FIRST, meeting.papers
        self._moves = 0
        self._room: Presented | None = None
        # Screens are opened on the kernel's thread and filled by the worker's: the last to
        # show something shows the screen that is open then, as it is then.
        self._turning = threading.Lock()
        self._showing = Showing(meeting) if showing is None else showing
        self._held: BoardState | None = None
        self._asked: Changes | None = None
        self._reading = UploadReader()
        self._worker = Worker(self._failed, self._begun, self._idle)
        super().__init__(
            screens=_listed(meeting.deciding is not None),
            controls={**NO_CONTROLS, "place": meeting.papers.title},
        )
        self._refresh()
        self.on_msg(self._wished)
        self._begin(lambda stop: self._calculate(Changes(), stop))

    # --- what the page wishes ----------------------------------------------

    def _wished(self, _: Any, content: Any, buffers: Sequence[memoryview] | None) -> None:
        wish = content if isinstance(content, Mapping) else {}
        acts: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "open": self._open,
            "explain": self._explain,
            "pick": self._pick,
            "take": self._take,
            "recalculate": self._recalculate,
            "repair": self._repair,
            "stop": self._stop,
            "undo": self._undo,
            "redo": self._redo,
            "papers": lambda _: self._step(self._papers, "Back to the papers"),
            "export": self._export,
            "study": lambda wish: self._study(wish, buffers or ()),
            "upload": lambda wish: self._upload(wish, buffers or ()),
            "return": lambda _: self._return(),
            "link": self._follow_link,
            "keep": lambda _: self._keep_beside(),
            "present": lambda _: self._present(),
            "follow": self._follow,
            ENTER: self._enter,
            SHOW_WHO: self._show_who,
            "leave_register": lambda _: self._leave_register(),
            "minutes": self._minutes,
            "of_meeting": self._of_meeting,
            "leave": lambda _: self._leave("You see your own screen again."),
        }
        act = acts.get(str(wish.get("do")))
        if act is not None:
            self.send({"kind": "heard"})  # without it the page says that nobody answers
            try:
                act(wish)
            except Exception as error:  # nobody else would hear of it
                self.status = fault_words(error)
            self.send({"kind": "taken"})  # what it led to at once is there, or work is under way

    def _enter(self, wish: Mapping[str, Any]) -> None:
        """Enter what was typed in the register, as who the reader has shown to be."""
        deciding, table, given = self.meeting.deciding, str(wish.get("key")), wish.get("given")
        if deciding is None or not isinstance(given, Mapping):
            return
        try:
            entry = deciding.enter(table, given, plans_of(self.meeting))
        except InvalidChoice as error:
            self._refuse_form(error, table, "entered")
            return
        self.send({"kind": "entered"})
        self._show()
        self.status = sentences.entered_words(entry.number, table)

    def _show_who(self, wish: Mapping[str, Any]) -> None:
        deciding, given = self.meeting.deciding, wish.get("given")
        if deciding is None or not isinstance(given, Mapping):
            return
        try:
            person = deciding.show_who(str(given.get("token", "")).strip())
        except InvalidChoice as error:
            self._refuse_form(error, SHOW_WHO, "entered")
            return
        self.send({"kind": "entered"})
        self._show()
        self.status = f"You enter as {person.name}, {person.role}."

    def _leave_register(self) -> None:
        if self.meeting.deciding is not None:
            self.meeting.deciding.leave()
            self._show()
            self.status = "You read the register, as everybody does."

    def _of_meeting(self, wish: Mapping[str, Any]) -> None:
        if self.meeting.deciding is not None:
            self.meeting.deciding.meeting = str(wish.get("key", ""))
            self._show()
            self.status = "The minutes of that meeting."

    def _minutes(self, wish: Mapping[str, Any]) -> None:
        deciding, form = self.meeting.deciding, str(wish.get("key"))
        if deciding is not None and form in ("docx", "html"):
            self._hand_over(deciding.minutes(form))

    def _present(self) -> None:
        """Show this screen, as it changes, to all who are given its mark."""
        engine = self.meeting.engine
        if isinstance(engine, Elsewhere) and engine.shared:
            self._leave()
            self._room = Presented(engine, secrets.token_urlsafe(9))
            self.room = {"mark": self._room.mark, "presents": True}
            self._show()
            self.status = "You present. Who opens the link sees this screen as it changes."

    def _follow(self, wish: Mapping[str, Any]) -> None:
        """See what somebody else presents, until they end it or this reader leaves."""
        engine = self.meeting.engine
        if isinstance(engine, Elsewhere) and engine.shared:
            self._leave()
            self._room = room = Presented(engine, str(wish.get("mark", ""))[:64])
            self.room = {"mark": room.mark, "presents": False}
            room.follow(lambda said: self._see(room, said))

    def _see(self, room: Presented, said: Mapping[str, Any]) -> None:
        with self._turning:
            if self._room is not room:
                return
            if said:
                drawing = said["picture"]
                self._moves += said["screen"] != self.shown.get("screen")
                seen = {**said, "picture": None, "move": self._moves}
                self.shown = {**seen, "drawing": self._showing.drawn_by(drawing) if drawing else ""}
                self.status = f"You follow the presenter: {said['name']}."
                return
        self._leave("Nobody presents here now. You see your own screen.")

    def _leave(self, told: str = "") -> None:
        """Present nothing more, or see one's own screen again."""
        room, self._room = self._room, None
        if room is not None:
            room.close()
            self.room = {}
            self._show(move=True)
            self.status = told

    def _open(self, wish: Mapping[str, Any]) -> None:
        if self._room is not None and not self.room.get("presents"):
            self._leave("You see your own screen again.")
        for screen in ALL:
            if screen.key == wish.get("screen"):
                self._screen = screen
                self._show(move=True)

    def _explain(self, wish: Mapping[str, Any]) -> None:
        self.meeting.asked = str(wish.get("key", ""))
        self._show()
        self.status = "Explained."

    def _pick(self, wish: Mapping[str, Any]) -> None:
        answer = self.meeting.answer
        key, point = str(wish.get("key", "")), str(wish.get("point", ""))
        plan = None if answer is None else answer.pick(key, point)
        if plan is not None:
            self._show()
            self.status = f"{sentence(plan.name)}: set beside the others, below the list."

    def _take(self, wish: Mapping[str, Any]) -> None:
        answer = self.meeting.answer
        plan = None if answer is None else answer.picked.get(str(wish.get("key", "")))
        if plan is not None:
            self._hand_over(plan_file(plan))

    def _recalculate(self, wish: Mapping[str, Any]) -> None:
        given = wish.get("choices")
        try:
            changes = self.meeting.read(given if isinstance(given, Mapping) else {})
        except InvalidChoice as error:
            self._refuse(error)
        else:
            self._choose(changes)

    def _refuse(self, error: InvalidChoice) -> None:
        """Say what does not fit, at each control and in the line that is read out."""
        self._wrong([{"control": where, "text": text} for where, text in error.problems])
        told = [text for _, text in error.problems]
        self.status = sentences.refused_words(told, working=self.working)

    def _choose(self, changes: Changes, older: bool = False) -> None:
        """Plan for what was chosen; a link may be older than these papers."""
        self.meeting.older = older
        self._wrong([])
        self._begin(lambda stop: self._calculate(changes, stop))

    def _follow_link(self, wish: Mapping[str, Any]) -> None:
        """Make the choice of a link."""
        try:
            changes, same = read_link(str(wish.get("link", "")), self.meeting.papers)
        except InvalidChoice as error:
            self._refuse(error)
        else:
            self._choose(changes, older=not same)

    def _keep_beside(self) -> None:
        """Set what stands beside other choices."""
        name = self.meeting.keep_beside()
        if name:
            self._show()
        self.status = sentences.kept_words(name)

    def _repair(self, wish: Mapping[str, Any]) -> None:
        trouble, number = self.meeting.trouble, wish.get("number")
        if trouble is None or not isinstance(number, int):
            return
        if 0 <= number < len(trouble.ways):
            changes = trouble.ways[number].to.changes
            self._begin(lambda stop: self._calculate(changes, stop))

    def _papers(self, stop: threading.Event) -> None:
        self.meeting.back_to_papers(report=self._report, stop=stop)

    def _undo(self, _: Mapping[str, Any]) -> None:
        """Go back a step; what is under way and has no answer yet is the step to go back on."""
        self._worker.halt()
        held, self._held = self._held, None
        if held is None or held.answers.now is None:
            self._step(lambda _: self.meeting.undo(), "Undone")
        else:
            self._step(lambda _: self.meeting.put_back(held), "Undone")

    def _redo(self, _: Mapping[str, Any]) -> None:
        if self.meeting.can_redo:
            self._step(lambda _: self.meeting.redo(), "Done again")

    def _step(self, step: Callable[[threading.Event], Any], told: str) -> None:
        def work(stop: threading.Event) -> None:
            step(stop)
            self._refresh()
            self._complete(stop, told)

        # At once: what is refused while this is under way is to stand when it is done.
        self._wrong([])
        self.status = sentences.WORKING
        self._begin(work)

    def _export(self, wish: Mapping[str, Any]) -> None:
        form, answer = wish.get("form"), self.meeting.answer
        if form not in ("html", "xlsx"):
            return
        file = None if answer is None else export(answer, str(form))
        if file is None:
            self.status = sentences.no_file_words(answer)
            return
        self._hand_over(file)

    def _hand_over(self, file: File) -> None:
        content = {"kind": "file", "name": file.name, "type": file.media_type}
        self.send(content, buffers=[file.content])
        self.status = f"Saved as {file.name}."

    def _upload(self, wish: Mapping[str, Any], buffers: Sequence[memoryview]) -> None:
        size, name = wish.get("size"), str(wish.get("name", ""))
        given = (name, size if isinstance(size, int) else 0, buffers[0] if buffers else None)
        self._worker.halt()
        cut_short = self._asked if self._held is not None else None

        def work(stop: threading.Event) -> None:
            self.status = "The file is being read."
            try:
                place = self._reading.read(stop, lambda: uploaded_place(*given))
            except RefusedUpload as error:
                told = str(error).split("\n")
                self._wrong([{"control": "upload", "text": line} for line in told], error)
                self.status = sentences.not_opened_words(told)
                if cut_short is not None:
                    self._calculate(cut_short, stop, self.status)
                return
            if place is not None:
                self._open_place(place, stop)

        self._begin(work)

    @property
    def _back(self) -> str:
        """The place with which the board began, where another is before it; else blank."""
        return "" if self.meeting.papers is self._began_with else self._began_with.title

    def _return(self) -> None:
        """Go back from a place that a reader brought."""
        if self._back:
            self._worker.halt()
            self._begin(lambda stop: self._open_place(self._began_with, stop))

    def _open_place(self, place: Place, stop: threading.Event) -> None:
        """Put another place before the board; nothing of the one before is left."""
        self.meeting.start(place)
        self._held = None
        self._wrong([])
        self._screen = FIRST
        self._refresh(move=True)
        opened = sentences.opened_words(place.title, len(self.meeting.findings))
        self._calculate(Changes(), stop, opened)

    def close(self) -> None:
        """End what is under way, and close the board."""
        if self.comm is not None:
            self._worker.halt()
            if self._room is not None:
                self._room.close()
            self.meeting.engine.halt()
            self._showing.close()
        super().close()

    # --- work in the background ---------------------------------------------

    def _failed(self, error: BaseException) -> None:
        """Say what work ended by; what is there stands, and the boxes keep what was chosen."""
        self.status = fault_words(error)
        asked = self._asked if self._held is not None else None
        self._held, answer = None, self.meeting.answer
        self.meeting.stopped = answer is None or not answer.whole
        self._refresh(chosen=asked)

    def _begin(self, work: Work) -> None:
        """Do this in place of what is under way; what is stopped before it was begun is left."""
        self._worker.submit(lambda stop: None if stop.is_set() else work(stop))

    def _begun(self) -> None:
        self.working = True

    def _idle(self) -> None:
        self.progress = _NO_PROGRESS
        self.working = False
        self.undoable, self.redoable = self.meeting.can_undo, self.meeting.can_redo

    def wait(self) -> None:
        """Wait until nothing is under way any more."""
        self._worker.wait()

    def _study(self, wish: Mapping[str, Any], buffers: Sequence[memoryview]) -> None:
        """Work out a study after what is under way; its screen is read or left meanwhile."""
        key, answer = str(wish.get("key")), self.meeting.answer
        study = STUDIES.get(key)
        if study is None:
            return
        name, settings = study.screen, None
        if study.typed and "given" in wish and answer is not None:
            given, file = wish["given"], bytes(buffers[0]) if buffers else None
            try:
                entries = given if isinstance(given, Mapping) else {}
                settings = read(study, entries, subject_of(answer), file)
            except InvalidChoice as error:
                self._refuse_form(error, key, "worked out")
                return

        def work(stop: threading.Event) -> None:
            self.status = f"Working it out: {name}. Other screens can be read meanwhile."
            good = self._ask(key, settings, answer, stop)
            if not stop.is_set():
                self._show()
                why = "" if answer is None else answer.unanswered.get(key, "")
                none = f"There is no answer: {name}. {sentence(why)}".rstrip()
                self.status = f"Done: {name}." if good else none

        if study.sums and answer is not None:
            work(threading.Event())
            return
        self.status = f"{name} comes next."
        self._worker.follow(work)

    def _refuse_form(self, error: InvalidChoice, form: str, done: str) -> None:
        """Say at the boxes of a form, and in the line that is read out, what does not fit."""
        problems = [{"control": where, "text": text} for where, text in error.problems]
        self.send({"kind": "problems", "form": form, "problems": problems})
        told = [text for _, text in error.problems]
        self.status = sentences.refused_words(told, working=self.working, done=done)

    def _ask(
        self,
        key: str,
        settings: Mapping[str, Any] | None,
        answer: BoardAnswer | None,
        stop: threading.Event,
    ) -> bool:
        """Work out a study; sums are those of the answer whose figures were typed."""
        meeting = self.meeting
        if STUDIES[key].sums and settings is not None and answer is not None:
            return work_out(answer, key, meeting.client(stop), settings=settings)
        return meeting.study(key, report=self._report, stop=stop, settings=settings)

    def _stop(self, _: Mapping[str, Any]) -> None:
        """End what is under way; what was there before stands again, and the boxes stay."""
        if not self.working:
            return
        self._worker.halt()
        held, self._held = self._held, None
        if held is not None:
            self.meeting.put_back(held)
        answer = self.meeting.answer
        self.meeting.stopped = answer is None or not answer.whole
        self._refresh(chosen=self._asked)
        self.status = sentences.stopped_words(self.meeting.stopped, put_back=held is not None)

    def _calculate(self, changes: Changes, stop: threading.Event, told: str = "") -> None:
        self._held, self._asked = self.meeting.held(), changes
        self.undoable = self.meeting.can_undo or self._held.answers.now is not None
        self.redoable = False
        self.status = f"{told} {sentences.WORKING}".lstrip()
        waited_for = not (self._ahead and self.meeting.answer is None)
        good = self.meeting.recalculate(
            changes, report=self._report, stop=stop, first=self._first if waited_for else None
        )
        if stop.is_set():
            return
        if not good:
            self._held = None
            self._screen = next(each for each in SCREENS if each.key == _CLASH)
            self._refresh(move=True)
            kept = self.meeting.answer is not None
            self.status = sentences.no_answer_words(self.meeting.trouble, kept=kept)
            return
        clashed = self._screen.key == _CLASH
        self._refresh(move=clashed)
        self._complete(stop)

    def _first(self) -> None:
        """Show a first answer, whose full plans follow."""
        self._show()
        said = first_words(self.meeting.first, self.meeting.answer)
        self.status = f"First answer. {said} The full plans follow."

    def _complete(self, stop: threading.Event, told: str = "Done") -> None:
        answer = self.meeting.answer
        if answer is not None and not answer.whole:
            self.meeting.complete(report=self._report, stop=stop, ready=lambda _: self._refresh())
        if not stop.is_set():
            self._show()
            self.progress = _NO_PROGRESS
            self._held = None  # what comes now is nothing to be done again when it is cut short
            self.status = done_words(told, answer)
            if self._ahead:
                self.working = False  # nobody waits for what is only put together beforehand
                self._showing.prepare(stop)

    def _report(self, text: str, share: float) -> None:
        self.progress = {"text": text, "share": round(share, 3)}

    # --- what the page shows ----------------------------------------------

    def _refresh(self, *, move: bool = False, chosen: Changes | None = None) -> None:
        meeting = self.meeting
        changes = meeting.changes if chosen is None else chosen
        unmoved = {} if meeting.answer is None else meeting.answer.unmoved
        try:
            now = Changes() if meeting.answer is None else meeting.answer.changes
            made = controls(meeting.papers, changes, unmoved)
            link = "" if self._back else link_of(now, meeting.papers)
            behind = len(_apart(changes, now))
            self.controls = {**made, "behind": behind, "back": self._back, "link": link}
        except Exception as error:  # the screens can be read without them
            self._wrong([{"control": "choices", "text": fault_words(error)}])
        self.undoable, self.redoable = self.meeting.can_undo, self.meeting.can_redo
        self._show(move=move)

    def _show(self, *, move: bool = False) -> None:
        screen = self._screen
        self.meeting.studied(screen.key)
        self._showing.screen(screen)  # which may take its time
        with self._turning:
            if self._room is not None and not self.room.get("presents"):
                return  # what somebody else presents stays in sight
            self._moves += move
            self.shown = {**self._showing.screen(self._screen), "move": self._moves}
            if self._room is not None:
                place = self.meeting.papers.title
                picture = self._showing.picture if self.shown["drawing"] else None
                self._room.present({**self.shown, "place": place, "picture": picture})

    def _wrong(self, problems: list[dict[str, str]], refused: RefusedUpload | None = None) -> None:
        """Say what is wrong; of a workbook that was not opened, every finding."""
        self.listed = {} if refused is None else refused.everything
        self.problems = problems
        if problems:
            self.send({"kind": "refused"})  # the same may be wrong as before, and is told again


def _apart(one: Changes, other: Changes) -> tuple[str, ...]:
    """What differs in two, what is made the most of among it."""
    goal = () if one.objective == other.objective else ("objective",)
    return (*goal, *one.differing(other))
