"""The page: all sections of a run rendered into one file that needs nothing else. Every text is escaped by default."""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from enterpriselab.core.runs import write_whole
from enterpriselab.report import formats
from enterpriselab.report.cases import cases
from enterpriselab.report.costs import costs
from enterpriselab.report.curves import grpo_curves, sft_curves
from enterpriselab.report.datacard import data_card
from enterpriselab.report.folder import Run, read_run
from enterpriselab.report.headline import headline
from enterpriselab.report.loop import loop_pictures
from enterpriselab.report.provenance import provenance

REPORT_FILE = "report.html"
_TEMPLATES = Path(__file__).parent / "templates"


def write_report(run_folder: Path) -> Path:
    """Write `report.html` into a run folder; the same records give the same bytes.

    Stages that have not run, or whose records are damaged, are named on the page.

    Raises:
        UsageError: the folder is no run folder, or cannot be written.
    """
    target = run_folder / REPORT_FILE
    write_whole(target, render(read_run(run_folder)))
    return target


def render(run: Run) -> str:
    """The page of a run as HTML text."""
    style, script = (Markup((_TEMPLATES / name).read_text(encoding="utf-8")) for name in ("style.css", "page.js"))
    page = (
        _environment()
        .get_template("page.html")
        .render(
            run=run,
            headline=headline(run),
            pictures=loop_pictures(run),
            data=data_card(run),
            sft_charts=sft_curves(run),
            grpo_charts=grpo_curves(run),
            cases=cases(run),
            costs=costs(run),
            origin=provenance(run),
            style=style,
            script=script,
            style_hash=_csp_hash(style),
            script_hash=_csp_hash(script),
        )
    )
    return formats.made_visible(page)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("percent", "count", "amount", "duration", "plain", "clipped", "titled"):
        environment.filters[name] = getattr(formats, name)
    environment.filters["tojson_plain"] = _compact_json
    return environment


def _compact_json(value: Any) -> str:
    """JSON for an attribute; unlike Jinja's own filter it is escaped like any text."""
    return json.dumps(value, separators=(",", ":"))


def _csp_hash(text: str) -> str:
    """The hash by which the page's policy lets this one style sheet or script run, and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
