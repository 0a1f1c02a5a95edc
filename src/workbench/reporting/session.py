"""What a notebook uses: `wb.start` gives a page to show and save results on.

In a run the page fills the step's own folder; by hand in JupyterLab it works
with the cell's defaults and writes under ``reports/by_hand``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from workbench.disclosure.gate import begin
from workbench.errors import CheckError, InputError, NotebookError, UsageError
from workbench.files import sha256
from workbench.reporting import blocks, figures, stored, tables
from workbench.reporting.identifiers import refuse_identifiers
from workbench.reporting.noise import noise_secret
from workbench.reporting.overlaps import write_released
from workbench.reporting.record import Record
from workbench.reporting.setting import Setting, find_setting
from workbench.workspace import Workspace

if TYPE_CHECKING:
    from workbench.charts import Chart
    from workbench.disclosure import Released

HEADLINE_WORDS = 80
"""What a hurried reader takes in at a glance; a longer first section is refused."""

NAME_LENGTH = 80
"""Characters of a file's name: leaves room for the folders before it on any system."""


def start(name: str, names: dict[str, Any]) -> Session:
    """Begin a notebook: types its parameters, fixes its seeds, opens its page.

    Parameters
    ----------
    name : str
        The notebook's file name without ``.ipynb``.
    names : dict
        The notebook's ``globals()``: the parameters are read from here and put
        back typed.

    Returns
    -------
    Session
        The page.

    Raises
    ------
    ParameterError
        A parameter has a wrong value; all are listed.
    NotebookError
        In a run, `name` is not the notebook that runs.
    """
    setting = find_setting(name, names)
    names.update(setting.parameters)
    blocks.settle()
    return Session(setting)


class Session:
    """The page of one notebook; made by `start`.

    Attributes
    ----------
    parameters : SimpleNamespace
        Typed values by name.
    workspace : Workspace
        Where things lie.
    work : Path
        An empty folder for files in passing; not part of the report.
    record : Record
        What the manifest will say.
    """

    def __init__(self, setting: Setting) -> None:
        self.parameters = SimpleNamespace(**setting.parameters)
        self.workspace: Workspace = setting.workspace
        self.work: Path = setting.work
        self.record = Record(notebook=setting.notebook)
        self._setting = setting
        self._names: set[str] = set()
        self._gate = begin(lambda: noise_secret(setting.workspace.root))
        for reason in setting.synthetic:
            self.synthetic(reason)
        self.record.write(setting.out)

    def synthetic(self, why: str) -> None:
        """Stamp every page that this report touches as SYNTHETIC.

        Parameters
        ----------
        why : str
            One sentence for the reader.
        """
        refuse_identifiers("The reason why data are synthetic", why)
        if why not in self.record.synthetic:
            self.record.synthetic.append(why)
        self._show({"kind": "synthetic", "why": why})

    def headline(self, text: str) -> None:
        """Give the first section: what was found, how sure, what not to conclude.

        Parameters
        ----------
        text : str
            Markdown of at most 80 words.

        Raises
        ------
        NotebookError
            It is longer, or is given a second time.
        """
        refuse_identifiers("The headline", text)
        words = len(re.findall(r"[^\s*_#>`|-]\S*", text))
        if words > HEADLINE_WORDS:
            raise NotebookError(
                f"The headline has {words} words; at most {HEADLINE_WORDS} are read.",
                remedy="Say what was found, how sure we are and what not to conclude; no more.",
            )
        if self.record.headline:
            raise NotebookError("The headline was given twice.", remedy="Call page.headline once.")
        self.record.headline = text
        self._show({"kind": "headline", "text": text})

    def figure(self, chart: Chart, name: str) -> None:
        """Show a chart and store it with the data behind it.

        Parameters
        ----------
        chart : Chart
            From `workbench.charts`.
        name : str
            Makes ``figures/NOTEBOOK/name.png`` and ``tables/NOTEBOOK/name.csv``.

        Raises
        ------
        DisclosureError
            It is not a chart of released figures.
        """
        chart = figures.drawn(chart)
        spoken = (chart.title, chart.subtitle, chart.alt, chart.source)
        refuse_identifiers(f"The words of figure '{name}'", *spoken)
        self._take(name)
        picture = figures.png(chart, self._setting.out / "figures" / f"{name}.png")
        self._output(name, "figure", f"figures/{name}.png", chart.data)
        csv = self._write(chart.data, name, "csv")
        block = {
            "kind": "figure", "name": name, "title": chart.title, "subtitle": chart.subtitle,
            "alt": chart.alt, "source": chart.source, "notes": list(picture.notes),
            "plot": list(picture.plot), "csv": csv, **tables.shown(chart.data),
        }  # fmt: skip
        self._show(block, picture.data)

    def table(
        self,
        released: Released,
        name: str,
        caption: str,
        columns: Mapping[str, str | tables.Column] | None = None,
    ) -> None:
        """Show a table and store it as CSV.

        Parameters
        ----------
        released : Released
            From `workbench.disclosure.release`.
        name : str
            Makes ``tables/NOTEBOOK/name.csv``, with every column and row.
        caption : str
            What the table holds, in one line.
        columns : mapping, optional
            Columns shown, in order: name to header with unit, or to a `Column`.

        Raises
        ------
        DisclosureError
            It was not released.
        """
        released = tables.passed(released)
        refuse_identifiers(f"The caption of table '{name}'", caption)
        self._take(name)
        csv = self._write(released, name, "csv")
        content = tables.shown(released, columns)
        self._show({"kind": "table", "name": name, "caption": caption, "csv": csv, **content})

    def save(
        self, released: Released, name: str, format: Literal["csv", "parquet"] = "csv"
    ) -> None:
        """Store a table, sorted by its keys, without showing it.

        Parameters
        ----------
        released : Released
            From `workbench.disclosure.release`.
        name : str
            Makes ``tables/NOTEBOOK/name.csv`` or ``.parquet``. A dataset that the
            notebook declares to write is saved under its own name.
        format : {"csv", "parquet"}, optional
            The kind of file.

        Raises
        ------
        DisclosureError
            It was not released.
        """
        released = tables.passed(released)
        self._take(name)
        self._write(released, name, format, sort=True)
        self.record.write(self._setting.out)

    def input(self, paths: Path | str | Iterable[Path | str], kind: str, vintage: str = "") -> None:
        """Pin input files: their digests and vintage go into the manifest.

        Parameters
        ----------
        paths : path or iterable of paths
            The files.
        kind : str
            What they are, such as ``"NHS England provider workbook"``.
        vintage : str, optional
            Which issue, such as ``"2025-03 final"``.
        """
        files = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
        missing = [path.name for path in files if not path.is_file()]
        if missing:
            raise InputError("Input files are not there.", missing)
        self.record.inputs += [
            {
                "file": path.name, "kind": kind, "vintage": vintage,
                "bytes": path.stat().st_size, "sha256": sha256(path),
            }
            for path in files
        ]  # fmt: skip
        self.record.write(self._setting.out)

    def holds(self, *names: str) -> bool:
        """Whether datasets are all there that this notebook may, but need not, read."""
        held = self._setting.datasets
        return all(name in held and held[name].is_file() for name in names)

    def dataset(self, name: str) -> Path:
        """File of a dataset that this notebook declares to read: another's, or the store's.

        Raises
        ------
        UsageError
            The notebook's metadata do not declare it.
        InputError
            It is not there: only by hand, since a run finds that out before it starts.
        """
        if name not in self._setting.datasets and stored.is_judged(name):
            raise stored.absent({f"'{name}' is not in the store": stored.remedy_of(name)})
        if name not in self._setting.datasets:
            raise UsageError(
                f"This notebook does not declare to read '{name}'.",
                remedy="Add it to 'reads' in the notebook's workbench metadata.",
            )
        path = self._setting.datasets[name]
        if not path.is_file():
            raise stored.absent({f"'{name}' is not in the store": stored.remedy_of(name)})
        return path

    def checks(self, frame: pd.DataFrame) -> None:
        """Show checks on the results; one that failed fails the run (exit 14).

        Parameters
        ----------
        frame : DataFrame
            ``check`` (what must hold), ``passed`` (bool), ``detail`` (counts, never
            a patient's values).

        Raises
        ------
        CheckError
            A check failed; all that did are listed.
        UsageError
            The columns are others.
        """
        if set(frame.columns) != {"check", "passed", "detail"}:
            raise UsageError("Checks need the columns check, passed and detail.")
        rows = [
            {"check": str(check), "passed": bool(ok), "detail": str(detail)}
            for check, ok, detail in frame[["check", "passed", "detail"]].itertuples(index=False)
        ]
        refuse_identifiers("A check", *(word for row in rows for word in map(str, row.values())))
        self.record.checks += rows
        self._show({"kind": "checks", "rows": rows})
        failed = [f"{row['check']}: {row['detail']}" for row in rows if not row["passed"]]
        if failed:
            raise CheckError(f"{len(failed)} of {len(rows)} checks failed.", failed)

    def _take(self, name: str) -> None:
        if not re.fullmatch(rf"[a-z0-9][a-z0-9_]{{0,{NAME_LENGTH - 1}}}", name):
            raise UsageError(
                f"'{name[:NAME_LENGTH]}' cannot name a file.",
                remedy=f"Use a to z, 0 to 9 and _; at most {NAME_LENGTH} characters.",
            )
        if name in self._names:
            raise UsageError(f"The name '{name}' is used twice in this notebook.")
        self._names.add(name)

    def _write(self, released: Released, name: str, kind: str, sort: bool = False) -> str:
        inside = f"tables/{name}.{kind}"
        tables.write(released, self._setting.out / inside, sort=sort)
        self._output(name, "table", inside, released)
        return f"tables/{self.record.notebook}/{name}.{kind}"

    def _output(self, name: str, kind: str, path: str, released: Released) -> None:
        self.record.outputs.append(
            {
                "name": name, "kind": kind, "path": path, "rows": len(released.frame),
                "profile": released.profile, "withheld": int(released.withheld.to_numpy().sum()),
                "sha256": sha256(self._setting.out / path),
            }
        )  # fmt: skip
        self.record.counts[path] = tables.masked_counts(released)
        write_released(self._gate, self._setting.out)
        if released.stamp and released.stamp not in self.record.stamps:
            self.record.stamps.append(released.stamp)

    def _show(self, block: dict[str, Any], image: bytes | None = None) -> None:
        self.record.blocks.append(blocks.digest(block, image))
        self.record.write(self._setting.out)
        blocks.show(block, image)
