"""Clerical review: masked out, decided by a person, whatever a spreadsheet does, and back."""

from __future__ import annotations

import codecs
import datetime as dt
import stat
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import InputError, ParameterError, UsageError
from workbench.linkage.masking import masked
from workbench.linkage.overrides import overrides
from workbench.linkage.pair_ids import pair_ids
from workbench.linkage.review import open_sheet, standing_decisions, status, take
from workbench.linkage.sampling import BAND, WEIGHT, stratified
from workbench.linkage.sealed import PAIR, keep_pairs
from workbench.linkage.sheet_days import day_of
from workbench.linkage.sheets import harmless, read_sheet, write_sheet

PEOPLE = pd.DataFrame(
    {
        "record_id": [f"r{n}" for n in range(6)],
        "source": ["RX1", "RX2"] * 3,
        "nhs_number": ["9990000018", "9990000081", "9990000026", "9990000026", None, "9990000034"],
        "given_name": ["Thessaly", "Thesaly", "Bartholomew", "Bart", "=cmd()", "Wilhelmina"],
        "family_name": ["Quixwood", "Quixwood", "Zelligton", "Zelligton", "Vexley", "Vexley"],
        "birth_date": pd.to_datetime(
            ["1957-02-08", "1957-08-02", "1960-05-06", "1960-05-06", "1980-01-01", "1980-01-01"]
        ),
        "sex": ["2", "2", "1", "1", "2", "2"],
        "postcode": ["SW1A 1AA", "SW1A 1AB", "QX1 1AZ", "QX1 1AZ", "QX1 2AZ", "QX1 2AZ"],
    }
)
WHOLE = {
    str(cell)[:10]
    for name in ("nhs_number", "given_name", "family_name", "birth_date", "postcode")
    for cell in PEOPLE[name].dropna()
    if len(str(cell)) > 4
}

_SAID = ("match_rule", "match_probability", "match_weight", "agreement_given_name")


class Drawer:
    """A vault that keeps its secrets in memory."""

    def __init__(self, people: pd.DataFrame = PEOPLE) -> None:
        self.people, self.kept = people, dict[str, bytes]()

    def secrets(self) -> list[str]:
        return sorted(self.kept)

    def secret(self, name: str) -> bytes:
        return self.kept[name]

    def keep_secret(self, name: str, content: bytes) -> None:
        self.kept[name] = content

    def identifiers(self) -> pa.Table:
        return pa.Table.from_pandas(self.people, preserve_index=False)


def doubtful(*ends: tuple[int, int], probability: float = 0.7) -> pd.DataFrame:
    """Pairs of people by place."""
    rows = [
        {
            "record_id_left": f"r{a}",
            "source_left": PEOPLE["source"].iloc[a],
            "record_id_right": f"r{b}",
            "source_right": PEOPLE["source"].iloc[b],
            "match_rule": "model",
            "match_probability": probability,
            "match_weight": 1.0,
            "agreement_given_name": "close",
        }
        for a, b in ends
    ]
    return pd.DataFrame(rows, columns=[*PAIR, *_SAID])


@pytest.fixture
def drawer() -> Drawer:
    made = Drawer()
    keep_pairs(made, doubtful((0, 1), (2, 3), (4, 5)))
    return made


def fill(
    sheet: pd.DataFrame, *words: str, by: str = "A Clerk", on: str = "2026-03-31"
) -> pd.DataFrame:
    """Decide the first rows."""
    out = sheet.copy()
    for place, word in enumerate(words):
        out.loc[place, ["decision", "decided_by", "decided_on"]] = [word, by, on]
    return out


def test_a_sheet_shows_no_whole_identifier_and_no_record(drawer: Drawer) -> None:
    shown = open_sheet(drawer).to_csv()
    assert [word for word in WHOLE if word in shown] == []
    assert "r0" not in shown
    assert "1957" in shown


def test_a_sheet_with_identifiers_shows_them_whole(drawer: Drawer) -> None:
    shown = open_sheet(drawer, show_identifiers=True).to_csv()
    assert [word for word in WHOLE if word not in shown] == []


def test_pair_ids_are_the_same_each_time_and_in_each_order(drawer: Drawer) -> None:
    first, again = open_sheet(drawer), open_sheet(drawer)
    pd.testing.assert_frame_equal(first, again)
    turned = doubtful((1, 0), (3, 2), (5, 4))
    key = b"k" * 32
    straight = pair_ids(doubtful((0, 1), (2, 3), (4, 5)), key)
    assert pair_ids(turned, key).tolist() == straight.tolist()
    assert pair_ids(turned, b"j" * 32).tolist() != straight.tolist()
    assert straight.str.fullmatch("[B-Z]{4}(-[B-Z]{4}){3}").all()


def test_the_evidence_says_what_differs_and_where() -> None:
    pairs = PEOPLE.iloc[[0, 2, 4]].reset_index(drop=True)
    told = masked(pairs, PEOPLE.iloc[[1, 3, 5]].reset_index(drop=True))
    assert told["given_name"][0] == (
        "1 changed, place 4: T and T, 8 letters and 7 letters; sound alike"
    )
    assert told["birth_date"][0] == "day and month swapped: 1957"
    assert told["postcode"][0] == "same district: SW; 1 changed, place 7"
    assert told["nhs_number"][0] == (
        "two neighbouring digits swapped, places 9 and 10; a check digit is wrong"
    )
    assert told["nhs_number"][1] == "equal"
    assert told["given_name"][1].startswith("one begins with the other: B and B")
    assert told["nhs_number"][2] == "missing on the left"
    assert told["note"].tolist() == ["", "", "may be twins"]


def test_swapped_names_and_parents_are_noted() -> None:
    one = {"given_name": "Zéphyrine", "family_name": "Ó'Xyvane", "birth_date": "1950-01-01",
           "postcode": "QX1 1AZ", "nhs_number": None, "sex": "1"}  # fmt: skip
    swapped = {**one, "given_name": "OXYVANE", "family_name": "Zephyrine"}
    child = {**one, "birth_date": "1975-06-01"}
    told = masked(pd.DataFrame([one, one]), pd.DataFrame([swapped, child]))
    assert told["note"].tolist() == [
        "given and family name changed places", "may be parent and child of one name"
    ]  # fmt: skip


@settings(max_examples=40)
@given(st.text("ABCDEÉ-' ", min_size=5, max_size=14), st.text("ABCDEÉ-' ", min_size=5, max_size=14))
def test_no_pair_of_names_is_ever_shown_whole(one: str, other: str) -> None:
    frame = [pd.DataFrame([{"family_name": name}]) for name in (one, other)]
    told = masked(*frame)["family_name"][0]
    plain = [name for name in (one.strip(), other.strip()) if len(name) > 1]
    assert not any(name in told for name in plain)


def test_decisions_come_back_and_stand_for_ever(drawer: Drawer) -> None:
    taken = take(drawer, fill(open_sheet(drawer), "same", "different"))
    assert (taken.same, taken.different, taken.unsure, taken.undecided) == (1, 1, 0, 1)
    assert standing_decisions(drawer)["decision"].value_counts().to_dict() == {
        "same": 1, "different": 1
    }  # fmt: skip
    assert len(open_sheet(drawer)) == 1
    assert len(open_sheet(drawer, again=True)) == 3
    told = status(drawer)
    assert (told["pairs"], told["waiting"], told["decisions"], told["sheets"]) == (3, 1, 2, 1)
    assert told["waiting_by_band"] == {"0.70 to 0.80": 1}
    keep_pairs(drawer, doubtful())  # another linkage doubts nothing
    assert len(standing_decisions(drawer)) == 2


def test_a_sheet_taken_twice_counts_once(drawer: Drawer) -> None:
    sheet = fill(open_sheet(drawer), "same", "different", "unsure")
    take(drawer, sheet)
    before = dict(drawer.kept)
    assert take(drawer, sheet).known == 3
    assert drawer.kept == before


def test_a_change_of_mind_replaces_and_is_kept(drawer: Drawer) -> None:
    sheet = open_sheet(drawer)
    take(drawer, fill(sheet, "same"))
    assert take(drawer, fill(sheet, "different", on="2026-04-01")).changed == 1
    assert standing_decisions(drawer)["decision"].tolist() == ["different"]
    take(drawer, fill(sheet, "same", on="2026-03-01"))  # an older one that came late
    assert standing_decisions(drawer)["decision"].tolist() == ["different"]
    take(drawer, fill(sheet, "unsure", on="2026-04-02"))
    assert standing_decisions(drawer).empty
    assert status(drawer)["decisions"] == 4


def test_decisions_are_as_the_linkage_takes_them(drawer: Drawer) -> None:
    take(drawer, fill(open_sheet(drawer), "same", "different", "same"))
    keys = drawer.identifiers().select(["record_id", "source"])
    taken = overrides(keys, standing_decisions(drawer))
    assert (len(taken.same), len(taken.different)) == (2, 1)


def test_contradictions_are_listed_and_nothing_is_taken(drawer: Drawer) -> None:
    keep_pairs(drawer, doubtful((0, 1), (1, 2), (0, 2)))
    sheet = open_sheet(drawer)
    ends = pd.Series(["0 1", "1 2", "0 2"], index=pair_ids(doubtful((0, 1), (1, 2), (0, 2)),
                     drawer.secret("review_pair_key")))  # fmt: skip
    which = sheet["pair_id"].map(ends)
    words = which.map({"0 1": "same", "1 2": "same", "0 2": "different"}).tolist()
    before = dict(drawer.kept)
    with pytest.raises(InputError, match="contradict") as refused:
        take(drawer, fill(sheet, *words))
    assert drawer.kept == before
    assert all(name in str(refused.value) for name in sheet["pair_id"])
    assert "r0" not in str(refused.value)
    take(drawer, fill(sheet.loc[which != "0 2"].reset_index(drop=True), "same", "same"))
    last = sheet.loc[which == "0 2"].reset_index(drop=True)
    with pytest.raises(InputError, match="decided before"):
        take(drawer, fill(last, "different"))


def test_every_fault_is_told_at_once_and_no_cell(drawer: Drawer) -> None:
    sheet = fill(open_sheet(drawer), "perhaps", "same", "same", by="9990000018", on="11/22/2026")
    sheet.loc[1, "decided_by"] = ""
    sheet.loc[2, "pair_id"] = "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    with pytest.raises(InputError) as refused:
        take(drawer, sheet)
    said = "\n".join(refused.value.faults)
    for words in (
        "line 2: the decision is none",
        "line 3: decided_by is missing",
        "line 4: the pair id is none that was handed out",
        "is no day",
        "NHS number",
    ):
        assert words in said
    for cell in ("perhaps", "9990000018", "11/22/2026", "ZZZZ"):
        assert cell not in str(refused.value)
    assert standing_decisions(drawer).empty


def test_one_pair_decided_both_ways_on_a_sheet_is_refused(drawer: Drawer) -> None:
    sheet = fill(open_sheet(drawer), "same")
    twice = pd.concat([sheet, sheet.iloc[[0]].assign(decision="different")], ignore_index=True)
    with pytest.raises(InputError, match="lines 2, 5 decide one pair differently"):
        take(drawer, twice)
    repeated = pd.concat([sheet, sheet.iloc[[0]]], ignore_index=True)
    assert take(drawer, repeated).same == 1


DAMAGES: dict[str, Callable[[str], bytes]] = {
    "nothing": str.encode,
    "byte order mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "a line that names them": lambda text: ("sep=;\r\n" + text.replace(",", ";")).encode(),
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "utf-16": lambda text: text.replace(",", "\t").encode("utf-16"),
    "windows-1252": lambda text: text.replace("Clerk", "Clérk").encode("cp1252"),
    "british dates": lambda text: text.replace("2026-03-31", "31/03/2026").encode(),
    "short dates": lambda text: text.replace("2026-03-31", "31-Mar-26").encode(),
    "serial numbers": lambda text: text.replace("2026-03-31", "46112").encode(),
    "blank rows": lambda text: text.replace("\n", "\n,,,,\n,,,,\n").encode(),
    "capitals and blanks": lambda text: text.replace("same", " SAME ").replace(
        "decision", "Decision ").encode(),
    "other order": lambda text: "\n".join(
        [text.split("\n")[0], *sorted(text.split("\n")[1:], reverse=True)]).encode(),
    "more columns": lambda text: text.replace("\n", ",,\n").encode(),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_a_spreadsheet_does_to_a_sheet_does_no_harm(
    drawer: Drawer, tmp_path: Path, damage: str
) -> None:
    sheet = fill(open_sheet(drawer), "same", "different")
    kept = sheet[["pair_id", "decision", "decided_by", "decided_on"]]
    place = tmp_path / "sheet.csv"
    place.write_bytes(DAMAGES[damage](kept.to_csv(index=False)))
    taken = take(drawer, read_sheet(place))
    assert (taken.same, taken.different, taken.undecided) == (1, 1, 1)
    assert standing_decisions(drawer)["decided_on"].unique().tolist() == ["2026-03-31"]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_sheet_goes_out_and_comes_back_as_a_file(
    drawer: Drawer, tmp_path: Path, ending: str
) -> None:
    place = tmp_path / f"sheet{ending}"
    sheet = open_sheet(drawer, show_identifiers=True)
    write_sheet(fill(sheet, "same", "unsure", "different"), place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    first = place.read_bytes()
    with pytest.raises(UsageError, match="would be lost"):
        write_sheet(sheet, place)
    place.unlink()
    write_sheet(fill(sheet, "same", "unsure", "different"), place)
    assert place.read_bytes() == first
    assert take(drawer, read_sheet(place)).same == 1


def test_cells_that_a_spreadsheet_would_run_are_made_harmless(
    drawer: Drawer, tmp_path: Path
) -> None:
    frame = pd.DataFrame({"a": ["=1+1", "+1", "-1", "@x", "\tx", "x", None], "b": [-1.5] * 7})
    safe = harmless(frame)
    assert safe["a"].tolist() == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "x", ""]
    assert safe["b"].tolist() == [-1.5] * 7
    write_sheet(open_sheet(drawer, show_identifiers=True), tmp_path / "s.xlsx")
    book = python_calamine.CalamineWorkbook.from_path(tmp_path / "s.xlsx")
    cells = [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row]
    assert "'=cmd()" in cells
    assert "=cmd()" not in cells


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-03-31", "2026-03-31"), ("2026-03-31 00:00:00", "2026-03-31"),
     ("31/03/2026", "2026-03-31"), ("3.4.26", "2026-04-03"), ("31 March 2026", "2026-03-31"),
     ("31-Mar-26", "2026-03-31"), ("46112", "2026-03-31"), ("46112.0", "2026-03-31")],
)  # fmt: skip
def test_days_are_read_as_they_are_meant(text: str, day: str) -> None:
    assert day_of(text) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("text", ["03/31/2026", "31/02/2026", "yesterday", "1926-03-31", "", "12"])
def test_what_is_no_day_is_never_guessed_at(text: str) -> None:
    assert day_of(text) is None


def test_a_file_that_is_no_sheet_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "other.csv"
    place.write_text("pair_id,decision\nA,same\n")
    with pytest.raises(InputError, match="no review sheet") as refused:
        read_sheet(place)
    assert [f for f in refused.value.faults if "decided_by" in f]
    with pytest.raises(InputError, match="no such file"):
        read_sheet(tmp_path / "absent.csv")
    (tmp_path / "sheet.docx").write_bytes(b"x")
    with pytest.raises(UsageError):
        read_sheet(tmp_path / "sheet.docx")


def test_without_a_linkage_there_is_nothing_to_open() -> None:
    with pytest.raises(InputError, match="No linkage"):
        open_sheet(Drawer())
    assert status(Drawer())["pairs"] == 0


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from("aaaaabbc"), min_size=1, max_size=60),
    st.integers(1, 70),
    st.integers(0, 5),
)
def test_a_sample_has_equal_numbers_as_far_as_there_are(
    groups: list[str], size: int, seed: int
) -> None:
    pairs = pd.DataFrame({"pair_id": [f"P{n}" for n in range(len(groups))], "group": groups})
    drawn = stratified(pairs, size, ["group"], seed=seed)
    assert len(drawn) == min(size, len(groups))
    counts, whole = drawn["group"].value_counts(), pairs["group"].value_counts()
    most = counts.max()
    for group, count in whole.items():
        assert counts.get(group, 0) >= min(count, most - 1)
    if set(counts.index) == set(whole.index):
        assert drawn[WEIGHT].sum() == pytest.approx(len(groups), abs=0.01)
    shuffled = stratified(pairs.iloc[::-1], size, ["group"], seed=seed)
    assert set(shuffled["pair_id"]) == set(drawn["pair_id"])


def test_a_sample_by_band_and_group_takes_both(drawer: Drawer) -> None:
    many = pd.concat([doubtful((0, 1)), doubtful((2, 3), probability=0.93), doubtful((4, 5))])
    keep_pairs(drawer, many)
    groups = PEOPLE[["record_id", "source"]].assign(ethnic_category=["A", "A", "A", "A", "M", "M"])
    sheet = open_sheet(drawer, sample=2, by=[BAND, "ethnic_category"], groups=groups)
    assert len(sheet) == 2
    assert sheet["ethnic_category"].notna().all()
    with pytest.raises(ParameterError, match="No sample"):
        open_sheet(drawer, sample=2, by=["shoe_size"])
    with pytest.raises(ParameterError, match="No sample"):
        open_sheet(drawer, sample=0)


def test_a_linkage_without_doubt_gives_an_empty_sheet(drawer: Drawer, tmp_path: Path) -> None:
    keep_pairs(drawer, doubtful())
    sheet = open_sheet(drawer, sample=5)
    assert sheet.empty
    write_sheet(sheet, tmp_path / "sheet.xlsx")
    assert take(drawer, read_sheet(tmp_path / "sheet.xlsx")).undecided == 0


def test_a_name_of_one_letter_is_not_shown() -> None:
    told = masked(pd.DataFrame([{"given_name": "Q"}]), pd.DataFrame([{"given_name": "X"}]))
    assert not {"Q", "X"} & set(told["given_name"][0])


def test_the_columns_of_a_pair_are_the_contract() -> None:
    assert PAIR == ("record_id_left", "source_left", "record_id_right", "source_right")
