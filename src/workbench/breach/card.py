"""A model card: words from the data dictionary, and every figure from a table of the run.

A figure remembers which cells of which table it was read from, so that anyone can hold the
card against the tables. What a run cannot know names who has to say it; no section is empty.

References
----------
Mitchell M et al (2019), Model Cards for Model Reporting. Collins GS et al (2024), BMJ
385:e078378 (TRIPOD+AI). Moons KGM et al (2025), BMJ 388:e082505 (PROBAST+AI).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.breach.card_formats import NOTHING, WITHHELD, written
from workbench.breach.card_parts import Texts, asked_for

LAYOUT = 1
FAIRNESS = "fairness"
"""Section that shows tables of this beginning, where the run has them, before that of groups."""
SYNTHETIC = "SYNTHETIC: every row behind this card is made up"
_PLACE = re.compile(r"\{(\w+)\}")
Json = dict[str, Any]
Tables = Mapping[str, pd.DataFrame]


def card(tables: Tables, texts: Texts, *, stamps: Sequence[str] = ()) -> Json:
    """Set out a card.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Of `workbench.breach.card_tables`, after disclosure control, with ``[c]`` for what is
        withheld. Those whose names begin with `FAIRNESS` come first in the section of groups.
    texts : Texts
    stamps : sequence of str, optional
        What the card must carry: that it is made up, or not controlled.

    Returns
    -------
    dict
        For JSON: ``title, stamps, sections``; each section has ``paragraphs`` and ``items``,
        whose ``figures`` name table, row and columns, and ``tables``.
    """
    writer = _Writer(tables, texts)
    title = writer.said(texts.title)["text"]
    sections = [writer.section(one) for one in texts.sections]
    return {"layout": LAYOUT, "title": title, "stamps": list(stamps), "sections": sections}


@dataclass(frozen=True, eq=False)
class _Writer:
    tables: Tables
    texts: Texts

    def section(self, told: Json) -> Json:
        """A section of the card, its paragraphs, tables and items filled in."""
        items = str(told.get("items", ""))
        return {
            "id": told["id"],
            "title": told["title"],
            "paragraphs": [self.said(one["says"]) for one in told["paragraphs"]],
            "tables": [self.table(name) for name in self._shown(told)],
            "items": [self.item(one) for one in (self.texts.items[items] if items else ())],
        }

    def _shown(self, told: Json) -> list[str]:
        names = [name for name in told.get("tables", []) if name in self.tables]
        if told["id"] == FAIRNESS:
            return [*sorted(n for n in self.tables if n.startswith(f"{FAIRNESS}_")), *names]
        return names

    def item(self, told: Json) -> Json:
        answer = self.said(told["says"]) if "says" in told else _to_be_told(told["who"])
        verdict = {"verdict": told["verdict"]} if "verdict" in told else {}
        return {"number": told["number"], "asks": told["asks"], **verdict, **answer}

    def said(self, says: Sequence[str]) -> Json:
        """The first of several texts whose figures, and those that it asks for, are all there."""
        for one in says:
            asked, text = asked_for(one)
            if any(self.figure(name) is None for name in asked):
                continue
            found = {name: self.figure(name) for name in _PLACE.findall(text)}
            figures = {name: one for name, one in found.items() if one is not None}
            if len(figures) == len(found):
                words = {name: one["text"] for name, one in figures.items()}
                return {"text": text.format(**words), "figures": list(figures.values())}
        raise ValueError(f"no text can be used: {says[0]}")

    def figure(self, name: str) -> Json | None:
        """A figure of the words, with its place; None where the run has none."""
        told = self.texts.figures[name]
        table = self.tables.get(told["table"])
        if table is None or any(column not in table for column in told["columns"]):
            return None
        here = pd.Series(True, index=table.index)
        for column, value in told.get("where", {}).items():
            here &= table[column].astype("str") == str(value)
        if not here.any():
            return None
        row = int(here.to_numpy().argmax())
        cells = [written(table[column].iloc[row], told["format"]) for column in told["columns"]]
        if any(cell in {NOTHING, WITHHELD} for cell in cells):
            return None
        return {
            "text": " to ".join(cells),
            "table": told["table"],
            "row": row,
            "columns": list(told["columns"]),
            "format": told["format"],
        }

    def table(self, name: str) -> Json:
        """A table of the card, each cell with its place."""
        frame, told = self.tables[name], self.texts.tables.get(name)
        columns = (
            [self.texts.columns[key] for key in told["columns"]]
            if told
            else [{"label": one, "columns": [one], "format": "auto"} for one in frame.columns]
        )
        usable = [c for c in columns if c["columns"][0] in frame]
        rows = [[_cell(frame, name, row, column) for column in usable] for row in range(len(frame))]
        return {
            "name": name,
            "caption": told["caption"] if told else name.replace("_", " ").capitalize(),
            "header": [column["label"] for column in usable],
            "rows": rows,
        }


def _cell(frame: pd.DataFrame, name: str, row: int, told: Json) -> Json:
    """An estimate, with its limits in brackets where it has any."""
    columns = [column for column in told["columns"] if column in frame]
    cells = [written(frame[column].iloc[row], told["format"]) for column in columns]
    text = cells[0]
    if len(cells) == 3 and not {NOTHING, WITHHELD} & set(cells):
        text = f"{cells[0]} ({cells[1]} to {cells[2]})"
    return {"text": text, "table": name, "row": row, "columns": columns, "format": told["format"]}


def _to_be_told(who: str) -> Json:
    return {
        "text": f"Not known to a run. To be filled by: {who}.".replace("?.", "?"),
        "figures": [],
    }


def tables_of(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables that a card was made from, as they lie in a model's folder.

    Parameters
    ----------
    folder : Path
        ``card`` of the model's folder.
    """
    return {
        path.stem: pd.read_csv(path, dtype="str", keep_default_na=False)
        for path in sorted(folder.glob("*.csv"))
    }
