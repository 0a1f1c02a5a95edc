"""A page that stands by itself: words, charts and tables in one file, with no notebook or run.

It takes only what disclosure control has passed, and looks as reports do.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from workbench.files import written_whole
from workbench.reporting import figures, tables
from workbench.reporting.identifiers import refuse_identifiers
from workbench.reporting.markdown import Headings, to_html
from workbench.reporting.render import document_html

if TYPE_CHECKING:
    from workbench.charts import Chart
    from workbench.disclosure import Released

TABLES, FIGURES = "tables", "figures"


class Document:
    """A page in the making; `write` puts it beside the tables and pictures that it shows.

    Parameters
    ----------
    folder : Path
        Where tables and pictures go, in ``tables/`` and ``figures/``.
    title, question : str
        What the page is, and what it answers.
    synthetic : sequence of str, optional
        Why the data are made up, where they are.
    """

    def __init__(
        self, folder: Path, title: str, question: str, synthetic: Sequence[str] = ()
    ) -> None:
        refuse_identifiers("The title", title, question)
        self._folder, self._title, self._question = folder, title, question
        self._synthetic = list(synthetic)
        self._headings = Headings()
        self._headline = ""
        self._parts: list[dict[str, Any]] = []
        self._stamps: list[str] = []

    def headline(self, text: str) -> None:
        """Say what was found, how sure that is and what not to conclude, in Markdown."""
        refuse_identifiers("The headline", text)
        self._headline = to_html(text, Headings())

    def words(self, text: str) -> None:
        """Add Markdown; headings begin with ``##``."""
        refuse_identifiers("The words", text)
        self._parts.append({"kind": "words", "html": to_html(text, self._headings)})

    def figure(self, chart: Chart, name: str) -> None:
        """Add a chart, with the data behind it.

        Parameters
        ----------
        chart : Chart
            From `workbench.charts`.
        name : str
            Makes ``figures/NAME.png`` and ``tables/NAME.csv``.
        """
        chart = figures.drawn(chart)
        refuse_identifiers(
            f"The words of figure '{name}'", chart.title, chart.subtitle, chart.alt, chart.source
        )
        picture = figures.png(chart, self._folder / FIGURES / f"{name}.png")
        plot = figures.plot_alone(picture.data, picture.plot)
        self._add(
            "figure", name, chart.data, tables.shown(chart.data),
            title=chart.title, subtitle=chart.subtitle, alt=chart.alt, source=chart.source,
            notes=picture.notes, png=base64.b64encode(plot).decode("ascii"),
        )  # fmt: skip

    def table(
        self,
        released: Released,
        name: str,
        caption: str,
        columns: Mapping[str, str | tables.Column] | None = None,
    ) -> None:
        """Add a table; ``tables/NAME.csv`` has all of its rows and columns."""
        refuse_identifiers(f"The caption of table '{name}'", caption)
        held = tables.passed(released)
        self._add("table", name, held, tables.shown(held, columns), caption=caption)

    def write(self, path: Path, details: Sequence[tuple[str, str]], rerun: str = "") -> None:
        """Write the page.

        Parameters
        ----------
        path : Path
        details : sequence of (str, str)
            How it was made: what, and its value.
        rerun : str, optional
            Command that makes it again.
        """
        refuse_identifiers("The details", *(value for _, value in details))
        text = document_html(
            title=self._title,
            question=self._question,
            synthetic=self._synthetic,
            stamps=self._stamps,
            headline=Markup(self._headline),
            parts=self._parts,
            details=list(details),
            rerun=rerun,
        )
        with written_whole(path) as draft:
            draft.write_text(text, encoding="utf-8")

    def _add(
        self, kind: str, name: str, released: Released, shown: Mapping[str, Any], **more: Any
    ) -> None:
        csv = f"{TABLES}/{name}.csv"
        tables.write(released, self._folder / csv)
        number = 1 + sum(part["kind"] == kind for part in self._parts)
        self._parts.append(
            {"kind": kind, "name": name, "csv": csv, "number": number, **shown, **more}
        )
        if released.stamp and released.stamp not in self._stamps:
            self._stamps.append(released.stamp)
