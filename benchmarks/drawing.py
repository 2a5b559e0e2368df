"""The drawing of a plan in a browser, beside other Sankey diagrams of the same plan.

All three draw the points and ribbons that our module shows for Lancashire's pooled
plan, in one page, in turn. Time runs from the call to the next frame on screen; an
animation that goes on after it is not counted. Size is what a page has to load.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any

import placebudget as pb
from benchmarks.studies import Measured
from placebudget.plan.drawing import plan_drawing

OURS, PLOTLY, IPYSANKEY = "placebudget", "plotly", "ipysankeywidget"
ROUNDS = 7
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")

# Nodes and links as our own module groups them, for one choice of plan.
PREPARE = """async ([source, drawing]) => {
  const at = text => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  window.ours = await import(at(source));
  window.drawing = drawing;
  const read = ours.readDrawing(drawing).drawing;
  window.views = Object.fromEntries(['proposed', 'today'].map(shown => {
    const view = ours.viewOf(read, { shown, layer: 'area', year: 'all', step: -1 });
    return [shown, {
      names: view.nodes.map(n => n.name), ids: view.nodes.map(n => n.id),
      links: view.links.filter(l => l.pence > 0).map(l => (
        { source: l.source, target: l.target, value: l.pence / 1e8, type: l.kind })),
    }];
  }));
  window.fake = values => {
    const heard = new Map();
    return {
      get: name => values[name], set: (name, value) => { values[name] = value; },
      save_changes: () => {}, send: () => {}, off: () => {},
      on: (names, call) => names.split(' ').forEach(n =>
        heard.set(n, [...(heard.get(n) ?? []), call])),
      change(name, value) {
        values[name] = value;
        (heard.get(`change:${name}`) ?? []).forEach(call => call());
      },
    };
  };
  window.painted = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  window.place = () => {
    document.querySelectorAll('.stage').forEach(old => old.remove());
    const stage = document.createElement('div');
    stage.className = 'stage';
    stage.style.cssText = 'width: 1100px; height: 700px';
    document.body.append(stage);
    return stage;
  };
  window.timed = async call => {
    await painted();
    const start = performance.now();
    await call();
    await painted();
    return performance.now() - start;
  };
  window.draws = {};
  draws.placebudget = async () => {
    const stage = place();
    const model = fake({ drawing, shown: 'proposed', layer: 'area', year: 'all', selected: '' });
    const first = await timed(() => ours.default.render({ model, el: stage }));
    const again = await timed(() => model.change('shown', 'today'));
    return [first, again, stage.querySelectorAll('svg path').length];
  };
  return [views.proposed.names.length, views.proposed.links.length, views.today.links.length];
}"""
WITH_PLOTLY = """() => {
  const trace = view => [{ type: 'sankey', node: { label: view.names }, link: {
    source: view.links.map(l => l.source), target: view.links.map(l => l.target),
    value: view.links.map(l => l.value) } }];
  draws.plotly = async () => {
    const stage = place(), size = { width: 1100, height: 700 };
    const first = await timed(() => Plotly.newPlot(stage, trace(views.proposed), size));
    const again = await timed(() => Plotly.react(stage, trace(views.today), size));
    return [first, again, stage.querySelectorAll('svg path').length];
  };
}"""
WITH_IPYSANKEY = """async source => {
  const at = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const other = (await import(at)).default;
  const parts = view => ({
    nodes: view.ids.map((id, n) => ({ id, title: view.names[n] })),
    links: view.links.map(l => ({
      source: view.ids[l.source], target: view.ids[l.target], value: l.value, type: l.type })),
  });
  draws.ipysankeywidget = async () => {
    const stage = place();
    const layout = { get: name => ({ width: '1100', height: '700' })[name] ?? null };
    const model = fake({ ...parts(views.proposed), layout, margins: {}, groups: [], rank_sets: [],
      order: null, align_link_types: false, node_position_attr: null, scale: null,
      linkLabelFormat: '', linkLabelMinWidth: 5, show_link_info_html: false, png: '', svg: '' });
    const first = await timed(() => other.render({ model, el: stage }));
    const next = parts(views.today);
    model.set('nodes', next.nodes);
    const again = await timed(() => model.change('links', next.links));
    return [first, again, stage.querySelectorAll('svg path').length];
  };
}"""


def drawing(rounds: int = ROUNDS) -> Measured:
    """Size in kB, and median milliseconds to the first drawing and to another plan."""
    from playwright.sync_api import sync_playwright

    found = Measured("The drawing of Lancashire's pooled plan, beside other Sankey diagrams")
    browser = next(filter(None, map(shutil.which, BROWSERS)))
    drawn = plan_drawing(pb.optimise(pb.example("lancashire"), prices=False))
    sources = {name: path.read_text("utf-8") for name, path in _sources()}
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = started.new_page(viewport={"width": 1280, "height": 900})
        page.set_content("<!doctype html><title>Drawing</title>")
        points, ribbons, least = page.evaluate(PREPARE, [sources[OURS], drawn])
        page.add_script_tag(content=sources[PLOTLY])
        page.evaluate(WITH_PLOTLY)
        page.evaluate(WITH_IPYSANKEY, sources[IPYSANKEY])
        times = _in_turn(page, list(sources), rounds, least)
        started.close()
    found.add("points", points, "")
    found.add("ribbons", ribbons, "")
    for name, source in sources.items():
        found.add(f"{name}: size", len(source.encode()) / 1000, "kB")
        found.add(f"{name}: first drawing", median(first for first, _ in times[name]), "ms")
        found.add(f"{name}: another plan", median(again for _, again in times[name]), "ms")
    return found


def _in_turn(page: Any, names: list[str], rounds: int, least: int) -> dict[str, list[list[float]]]:
    times: dict[str, list[list[float]]] = {name: [] for name in names}
    for n in range(rounds):
        for name in names[n % len(names) :] + names[: n % len(names)]:
            first, again, paths = page.evaluate("name => draws[name]()", name)
            if paths < least:
                raise SystemExit(f"{name} drew {paths} paths for {least} ribbons")
            times[name].append([first, again])
    return times


def _sources() -> Iterator[tuple[str, Path]]:
    yield OURS, Path(str(files("placebudget.plan.drawing"))) / "planview.js"
    yield PLOTLY, Path(str(files("plotly"))) / "package_data" / "plotly.min.js"
    yield IPYSANKEY, Path(str(files("ipysankeywidget"))) / "static" / "widget.js"
