"""The page of `workbench fairness`: pictures first, plain words, then every table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbench import charts
from workbench.charts.calibration import MOST_GROUPS
from workbench.charts.heatmap import MOST_COLUMNS
from workbench.cli import _fairness_release as shown
from workbench.fairness import report_captions as captions
from workbench.fairness import report_words as words
from workbench.fairness.gaps import FIRST
from workbench.reporting.document import Document
from workbench.reporting.tables import Column
from workbench.wording import MADE_UP

if TYPE_CHECKING:
    import pandas as pd

    from workbench.disclosure import Released
    from workbench.fairness import Assessment

_SCORES = "Source: the scores and outcomes of the file given."
_MOST_PICTURES = 3
"""Of one kind; the tables beside the page have the rest."""


_SPREAD: dict[str, str | Column] = {
    "characteristic": "Groups of", "metric": "Figure", "groups": "Groups judged",
    "max_min": Column("Furthest apart", 1, percent=True),
    "null_median": Column("By lot, as a rule", 1, percent=True),
    "null_95": Column("By lot, 95 of 100 up to", 1, percent=True),
    "sd_between": Column("Spread without noise", 1, percent=True),
}  # fmt: skip


class Page:
    """Puts an assessment on a page.

    Parameters
    ----------
    found : Assessment
    profile : str
        Disclosure profile.
    folder : Path
    synthetic : sequence of str
        Why the data are made up, where they are.
    adjusted : sequence of str
        What the observed gap is standardised for.
    """

    def __init__(
        self,
        found: Assessment,
        profile: str,
        folder: Path,
        synthetic: Sequence[str],
        adjusted: Sequence[str],
    ) -> None:
        self._found, self._profile, self._adjusted = found, profile, adjusted
        self._list = words.the_list(found.facts["capacity"], found.facts["threshold"])
        self._source = MADE_UP if synthetic else _SCORES
        self._page = Document(folder, words.TITLE, words.question(self._list), synthetic)

    def write(
        self, path: Path, metrics: Released, gaps: Released, details: Sequence[tuple[str, str]],
        rerun: str,
    ) -> None:  # fmt: skip
        """Fill the page and write it."""
        self._page.headline(words.headline(metrics.frame, gaps.frame, self._found.facts))
        self._missed(metrics.frame)
        self._crossed()
        self._unknown()
        self._calibrated()
        self._service()
        self._page.words(words.LIMITS)
        self._page.write(path, details, rerun)

    def _missed(self, rates: pd.DataFrame) -> None:
        page = self._page
        page.words(words.missed_words(self._list))
        gaps = shown.gaps(self._found, self._profile, FIRST)
        page.figure(
            charts.forest(
                gaps, category="group", panel="characteristic", value="difference",
                lower="lower", upper="upper", q="q", sides=("Fewer missed", "More missed"),
                **captions.gaps_caption(gaps.frame, self._list, self._source),
            ),
            "gaps_in_missed_events",
        )  # fmt: skip
        spread = shown.spread(self._found, self._profile, rates)
        page.words(words.spread_words(spread.frame))
        page.table(
            shown.metrics(self._found, self._profile, FIRST),
            "missed_events",
            "Missed events by group",
            {
                "group": "Group", "characteristic": "Of", "n": "Cases", "events": "Events",
                "estimate": Column("Missed", 1, percent=True),
                "lower": Column("From", 1, percent=True), "upper": Column("to", 1, percent=True),
                "status": "Status",
            },
        )  # fmt: skip
        page.table(spread, "spread", "How far apart groups lie, beside what chance gives", _SPREAD)

    def _crossed(self) -> None:
        pairs = [
            name for name in dict.fromkeys(self._found.cells.get("characteristic", ()))
            if name.count(" x ") == 1
        ]  # fmt: skip
        made = 0
        for name in pairs:
            cells = shown.cells(self._found, name, FIRST, self._profile)
            groups = cells.frame[["part_2", "part_1"]].nunique()
            across = str(groups.idxmin())
            if groups[across] > MOST_COLUMNS or made == _MOST_PICTURES:
                continue
            if not made:
                self._page.words(words.CROSSED)
            made += 1
            self._page.figure(
                charts.heatmap(
                    cells, row="part_1" if across == "part_2" else "part_2", column=across,
                    value="estimate", lower="lower", upper="upper", reference=self._everyone(),
                    **captions.cells_caption(cells.frame, name, self._source),
                ),
                f"cells_{made}",
            )  # fmt: skip

    def _everyone(self) -> float | None:
        frame = shown.metrics(self._found, self._profile, FIRST).frame
        value = frame.loc[frame["characteristic"] == "All", "estimate"]
        return None if value.isna().any() else float(value.iloc[0])

    def _unknown(self) -> None:
        unknown = shown.unknown(self._found, self._profile)
        self._page.words(f"## Of whom it is not known\n\n{words.unknown_words(unknown.frame)}")
        bounds = shown.bounds(self._found, self._profile)
        if not len(bounds.frame):
            return
        self._page.table(
            bounds,
            "bounds",
            "How far gaps could be off, whoever those not known are",
            {
                "group": "Group", "characteristic": "Of", "metric": "Figure",
                "gap": Column("Gap to everyone else who is known", 1, percent=True),
                "gap_least": Column("At least", 1, percent=True),
                "gap_most": Column("at most", 1, percent=True),
            },
        )  # fmt: skip

    def _calibrated(self) -> None:
        self._page.words(words.SCORES)
        if self._found.facts["risks"]:
            levels = shown.gaps(self._found, self._profile, "observed_expected").frame
            held = self._found.calibration
            names = [name for name in dict.fromkeys(held["characteristic"]) if name != "All"]
            for place, name in enumerate(names[:_MOST_PICTURES]):
                table = shown.calibration(self._found, name, self._profile)
                level = levels[levels["characteristic"] == words.named(name)]
                if table.frame["group"].nunique() > MOST_GROUPS:
                    continue
                self._page.figure(
                    charts.calibration(
                        table, risk="risk", observed="observed", lower="lower", upper="upper",
                        series="group",
                        **captions.calibration_caption(table.frame, level, name, self._source),
                    ),
                    f"calibration_{place + 1}",
                )  # fmt: skip
        self._page.table(
            shown.quality(self._found, self._profile),
            "scores_by_group",
            "How good the scores are in each group",
            {
                "group": "Group", "characteristic": "Of", "n": "Cases", "events": "Events",
                **{name: header for name, header in words.QUALITY.items()
                   if (self._found.metrics["metric"] == name).any()},
            },
        )  # fmt: skip

    def _service(self) -> None:
        self._page.words(words.SERVICE)
        table = shown.observed(self._found, self._profile)
        more = ("crude", "crude_lower", "crude_upper", "As it is")
        value = (
            {"value": "standardised", "q": "q", "lower": "lower", "upper": "upper", "second": more,
             "label": "At equal mix"}
            if self._adjusted
            else {"value": "crude", "q": "crude_q", "lower": "crude_lower", "upper": "crude_upper"}
        )  # fmt: skip
        self._page.figure(
            charts.forest(
                table, category="group", panel="characteristic",
                sides=("Fewer events", "More events"), **value,
                **captions.observed_caption(table.frame, self._adjusted, self._source),
            ),
            "gaps_in_the_service",
        )  # fmt: skip
