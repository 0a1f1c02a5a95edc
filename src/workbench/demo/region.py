"""The demo workspace: a folder of its own, so that synthetic rows never enter a user's store."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path

from workbench.demo.cohort import RegionSummary, write_region
from workbench.demo.deprivation import hold_deprivation
from workbench.demo.workbooks import NOT_REAL, write_workbooks
from workbench.errors import UsageError
from workbench.intake.arrivals import ENCRYPTED
from workbench.intake.keys import FOLDER as KEYS
from workbench.intake.keys import Keys, create_keys, open_keys
from workbench.published.period import months_between
from workbench.workspace import SETTINGS, open_workspace

AS_AT = date(2025, 3, 31)
"""The day that the demo is seen from unless told otherwise; never today's."""

REFERRALS = 60_000
"""Enough for every tumour group, and small enough that all notebooks run in minutes."""

WORKBOOKS = "workbooks"
TRUTH = "truth"
MONTHS = 14
"""Of published workbooks: enough for a control chart that is past its trial limits."""

_SETTINGS = f"""# {NOT_REAL}. Written by `workbench demo`; safe to delete.
synthetic = true
workbooks = "{WORKBOOKS}"
truth = "{TRUTH}"
"""

_WRITTEN = ("inbox", TRUTH, "reference", WORKBOOKS)
_DERIVED = ("store", "vault", "quarantine", "ingest.json", "link.json")
"""What `workbench ingest` made of an earlier demo's rows: it would mix with the new ones."""

_SENT = {"pathways", "demographics", "milestones", "proms", "capacity", "mapping"}
_NOTE = "SYNTHETIC.txt"
_LOOSE = {"opt_outs.csv", "opt_outs.csv" + ENCRYPTED, _NOTE}


def write_demo(
    folder: Path,
    seed: int = 1,
    *,
    referrals: int = REFERRALS,
    as_at: date = AS_AT,
    geography: Path | None = None,
    encrypt: bool = False,
) -> RegionSummary:
    """Write a whole demo workspace, or nothing.

    Parameters
    ----------
    folder : Path
        Absent, empty, or an earlier demo: what that wrote, and what was ingested from
        it, is then replaced; its reports and keys are kept.
    seed : int, optional
        The same arguments give the same bytes.
    referrals, as_at, geography
        As `workbench.demo.cohort.write_region` takes them. The published workbooks
        cover the 14 whole months up to `as_at`.
    encrypt : bool, optional
        Leave what the Trusts send only encrypted to the workspace's key, which is made
        where there is none: as a real inbox looks. Encryption is salted, so the
        encrypted bytes differ between runs; what is in them does not.

    Returns
    -------
    RegionSummary
        Counts of what the Trusts' files hold.

    Raises
    ------
    UsageError
        The folder holds something that is not a demo's.
    ParameterError
        An argument is out of range.
    """
    earlier = folder.is_dir() and any(folder.iterdir())
    if folder.is_file() or (earlier and not _is_demo(folder)):
        raise UsageError(
            f"{folder} is not empty and is not a demo; nothing was written.",
            remedy="Choose another folder with --out, or move what is in it away.",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writing-") as room:
        draft = Path(room) / "demo"
        summary = write_region(
            draft, referrals=referrals, seed=seed, as_at=as_at, geography=geography
        )
        hold_deprivation(draft)
        write_workbooks(draft / WORKBOOKS, seed, published_months(as_at))
        (draft / SETTINGS).write_text(_SETTINGS, encoding="utf-8", newline="\n")
        if encrypt:
            held = open_keys(folder) if (folder / KEYS).exists() else create_keys(draft)
            _encrypt(draft / "inbox", held)
        if earlier:
            _replace(folder, draft, Path(room) / "earlier")
        else:
            draft.replace(folder)
    return summary


def published_months(as_at: date) -> list[str]:
    """The whole months, ``YYYY-MM``, that the demo's workbooks cover: the last ends by `as_at`."""
    ends_a_month = date.fromordinal(as_at.toordinal() + 1).day == 1
    last_day = as_at if ends_a_month else date.fromordinal(as_at.toordinal() - as_at.day)
    first = last_day.year * 12 + last_day.month - MONTHS
    start = f"{first // 12}-{first % 12 + 1:02d}"
    return list(months_between(start, last_day.isoformat()[:7]))


def _is_demo(folder: Path) -> bool:
    """Marked synthetic, and holds no extract or workbook of someone's own."""
    if not (folder / SETTINGS).is_file() or not open_workspace(folder).synthetic:
        return False
    workbooks = (folder / WORKBOOKS).iterdir() if (folder / WORKBOOKS).is_dir() else ()
    sent = (folder / "inbox").glob("*/*")
    loose = [path for path in (folder / "inbox").glob("*") if path.is_file()]
    return (
        all("SYNTHETIC" in path.name for path in workbooks)
        and all(path.name.split(".")[0] in _SENT for path in sent)
        and {path.name for path in loose} <= _LOOSE
    )


def _replace(folder: Path, draft: Path, aside: Path) -> None:
    aside.mkdir()
    for name in (*_WRITTEN, *_DERIVED):
        if (folder / name).exists():
            shutil.move(folder / name, aside / name)
    for name in _WRITTEN:
        (draft / name).replace(folder / name)
    if (draft / KEYS).exists():
        (draft / KEYS).replace(folder / KEYS)
    (draft / SETTINGS).replace(folder / SETTINGS)


def _encrypt(inbox: Path, keys: Keys) -> None:
    for path in sorted(inbox.rglob("*")):
        if path.is_file() and path.name not in (_NOTE, "mapping.yaml"):
            path.with_name(path.name + ENCRYPTED).write_bytes(keys.encrypted(path.read_bytes()))
            path.unlink()
