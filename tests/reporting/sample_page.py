"""A report made without a kernel, with whatever words a test gives it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from notebook_maker import Region, code, markdown

from workbench.reporting.blocks import MIME
from workbench.reporting.notebooks import read_notebook
from workbench.reporting.render import index_html, report_html

PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8"
        "ffff3f0005fe02fedccc59e70000000049454e44ae426082"
    )
).decode("ascii")


def table(word: str, rows: int = 3) -> dict[str, Any]:
    return {
        "columns": [
            {"header": f"Trust {word}", "numeric": False, "row_header": True},
            {"header": "Seen", "numeric": True, "row_header": False},
        ],
        "rows": [[f"{word} {n}", "[c]" if n else "1,200"] for n in range(rows)],
        "total_rows": rows + 1,
        "withheld": True,
        "absent": False,
        "csv": "tables/one/t.csv",
        "name": "t",
    }


def blocks(word: str) -> list[dict[str, Any]]:
    return [
        {"kind": "synthetic", "why": word},
        {"kind": "headline", "text": f"Most waited less. {word}"},
        {
            "kind": "figure", "title": f"Waits fell {word}", "subtitle": f"Seen in time {word} (%)",
            "alt": f"Line chart: waits fell {word}", "source": f"Source {word}", **table(word),
        },
        {"kind": "table", "caption": f"By Trust {word}", **table(word)},
        {"kind": "table", "caption": f"By Trust again {word}", **table(word)},
        {
            "kind": "checks",
            "rows": [
                {"check": word, "passed": True, "detail": word},
                {"check": "b", "passed": False, "detail": "1 of 3"},
            ],
        },
    ]  # fmt: skip


def output(block: dict[str, Any]) -> dict[str, Any]:
    data = {MIME: block} | ({"image/png": PIXEL} if block["kind"] == "figure" else {})
    return {"output_type": "display_data", "data": data, "metadata": {}}


def facts(word: str) -> dict[str, Any]:
    return {
        "synthetic": [word],
        "stamps": [f"Stamp {word}"],
        "details": [("Report", word)],
        "parameters": [{"name": "a", "value": word, "changed": True, "help": word}],
        "inputs": [{"file": word, "kind": word, "vintage": word, "sha256": "0" * 64}],
        "rerun": f"workbench run one -p 'a={word}'",
    }


def write_page(region: Region, word: str) -> Path:
    """A report and its index in the region's folder; the report's path."""
    cells = [
        markdown(f"## Results {word}\n\n| a | b |\n|---|---|\n| 1 | {word} |"),
        code(f"x = {word!r}"),
        markdown(
            f"#### Deep {word}\n\n## Results {word}\n\n# Limits\n\n![pic](http://e.example/x.png)"
        ),
    ]
    region.add("one", *cells, question=f"How long? {word}", reader=word)
    notebook = read_notebook(region.root / "notebooks" / "one.ipynb")
    outputs = [[], [output(block) for block in blocks(word)]]
    page = region.root / "one.html"
    page.write_text(report_html(notebook, outputs, facts(word)), encoding="utf-8")
    card = {
        "name": "one", "title": word, "question": word, "finding": word, "status": "ok",
        "synthetic": [word], "stamps": [word],
    }  # fmt: skip
    failed = {**card, "name": "two", "status": "failed"}
    index = index_html([card, failed], complete=False)
    (region.root / "index.html").write_text(index, encoding="utf-8")
    return page
