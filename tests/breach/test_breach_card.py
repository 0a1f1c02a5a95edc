"""The model card: no figure that is in no table, no empty section, nothing of small groups."""

from __future__ import annotations

import json
import re
from pathlib import Path

import breach_cases
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.breach.card import card, tables_of
from workbench.breach.card_formats import NOTHING, WITHHELD, written
from workbench.breach.card_page import card_html, card_markdown
from workbench.breach.card_parts import FILE, load_texts
from workbench.cli._train_fairness import facts
from workbench.cli.main import main
from workbench.errors import ParameterError
from workbench.shipped import shipped

TEXTS = load_texts()
ENDINGS = ("card.json", "card.html", "card.md")


def frame() -> pd.DataFrame:
    """Cases of whom 12 are of a third sex, and many of no known age."""
    made = breach_cases.frame(1_600)
    made.loc[made.index[-40::4], "sex"] = "3"
    made["age"] = [["40-49", "80-89", ""][n % 3] for n in range(len(made))]
    return made


def train(folder: Path, *options: str, roles: dict | None = None) -> Path:
    frame().to_csv(folder / "rows.csv", index=False)
    own = roles or {**breach_cases.ROLES, "protected": ["sex", "age"]}
    (folder / "roles.yaml").write_text(yaml.safe_dump(own, sort_keys=False))
    words = ["train", "--workspace", str(folder), "--frame", str(folder / "rows.csv")]
    words += ["--roles", str(folder / "roles.yaml"), "--out", str(folder / "m"), "--quiet"]
    assert main([*words, "-p", "model=logistic", "-p", "refits=3", *options]) == 0
    return folder / "m"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return train(tmp_path_factory.mktemp("card"), "-p", "replicates=10")


@pytest.fixture(scope="module")
def tables(folder) -> dict[str, pd.DataFrame]:
    return tables_of(folder / "card")


@pytest.fixture(scope="module")
def held(folder) -> dict:
    return json.loads((folder / "card.json").read_text())


def figures(held: dict) -> list[dict]:
    """Every figure of a card: those of its words, and the cells of its tables."""
    found = []
    for section in held["sections"]:
        for one in (*section["paragraphs"], *section["items"]):
            found += one["figures"]
        for table in section["tables"]:
            found += [cell for row in table["rows"] for cell in row]
    return found


def test_the_card_can_be_made_again_from_the_tables_in_its_folder(folder, tables, held):
    again = card(tables, TEXTS, stamps=held["stamps"])
    assert again == held
    assert card_html(again) == (folder / "card.html").read_text()
    assert card_markdown(again) == (folder / "card.md").read_text()


def test_every_figure_is_what_its_cell_says(tables, held):
    found = figures(held)
    assert len(found) > 300
    for one in found:
        cells = [tables[one["table"]].loc[one["row"], name] for name in one["columns"]]
        parts = [written(cell, one["format"]) for cell in cells]
        assert one["text"] in {parts[0], " to ".join(parts), "{} ({} to {})".format(*(parts * 3))}


def test_numbers_in_the_words_are_figures_or_stand_in_the_words_as_they_are_kept(held):
    kept = yaml.safe_dump([TEXTS.sections, TEXTS.items, TEXTS.title], allow_unicode=True)
    own = set(re.findall(r"\d[\d.,]*\d|\d", kept))
    for section in held["sections"]:
        for one in (*section["paragraphs"], *section["items"]):
            text = one["text"]
            for figure in sorted(one["figures"], key=lambda f: -len(f["text"])):
                text = text.replace(figure["text"], "")
            assert set(re.findall(r"\d[\d.,]*\d|\d", text)) <= own, text


def test_a_changed_table_changes_the_card(tables, held):
    used = {one["table"] for one in figures(held)}
    assert {"performance", "groups", "sizes", "drift", "learning", "stability", "facts"} <= used
    for name in used:
        one = next(f for f in figures(held) if f["table"] == name and f["text"] not in
                   {NOTHING, WITHHELD})  # fmt: skip
        other = tables[name].copy()
        cell = other.loc[one["row"], one["columns"][0]]
        changed = "2031-01-01" if re.fullmatch(r"\d{4}-\d\d-\d\d", cell) else "43215.4321"
        other.loc[one["row"], one["columns"][0]] = changed
        again = card({**tables, name: other}, TEXTS, stamps=held["stamps"])
        assert again != held, name
        assert card_html(again) != card_html(held), name


def test_no_section_is_empty_and_every_item_is_answered(held):
    for section in held["sections"]:
        assert section["paragraphs"]
        for one in (*section["paragraphs"], *section["items"]):
            assert len(one["text"]) > 3
            assert "{" not in one["text"]
    items = {one["id"]: one["items"] for one in held["sections"] if one["items"]}
    numbers = {re.match(r"\d+", one["number"])[0] for one in items["tripod"]}
    assert numbers == {str(n) for n in range(1, 28)}
    parts = [one["number"][0] for one in items["probast"]]
    assert (parts.count("D"), parts.count("E")) == (16, 18)
    assert all(one["verdict"] for one in items["probast"])
    assert {one["number"][0] for one in items["atrs"]} == {"1", "2"}


def test_a_card_of_nothing_but_facts_still_has_no_empty_section(tables):
    bare = card({"facts": tables["facts"].iloc[:0]}, TEXTS)
    assert all(section["paragraphs"] for section in bare["sections"])
    assert bare["title"] == "Model card"


def test_small_groups_are_masked_and_stay(tables):
    groups = tables["groups"]
    rare = groups[groups["group"] == "3"].iloc[0]
    assert rare["observed_expected"] == rare["auc"] == WITHHELD
    assert "Not known" in set(groups["group"])
    assert len(groups) == 6
    for name, table in tables.items():
        for column in {"n", "patients", "events", "affected"} & set(table):
            for cell in table[column]:
                assert cell in {WITHHELD, ""} or (float(cell) == 0 or float(cell) >= 10), name
                assert cell in {WITHHELD, ""} or float(cell) % 5 == 0


def test_one_patient_with_many_rows_is_one_patient(tmp_path):
    """Eight rows with the event of one patient are not eight people."""
    made = frame()
    some = made.index[made["late"] == 1][-10:]
    made.loc[some, ["sex", "patient"]] = ["9", "p-one"]
    made.to_csv(tmp_path / "rows.csv", index=False)
    (tmp_path / "roles.yaml").write_text(yaml.safe_dump(breach_cases.ROLES, sort_keys=False))
    words = ["train", "--workspace", str(tmp_path), "--frame", str(tmp_path / "rows.csv")]
    words += ["--roles", str(tmp_path / "roles.yaml"), "--out", str(tmp_path / "m"), "--quiet"]
    options = ["model=logistic", "refits=0", "replicates=0", "learning=false"]
    assert main([*words, *(word for one in options for word in ("-p", one))]) == 0
    groups = tables_of(tmp_path / "m" / "card")["groups"].set_index("group")
    assert groups.loc["9", "n"] == "10"
    assert groups.loc["9", ["patients", "affected", "observed_expected"]].tolist() == [WITHHELD] * 3


def test_without_control_the_card_says_so(tmp_path):
    (tmp_path / "workbench.toml").write_text('disclosure_profile = "none"\n')
    made = train(tmp_path, "-p", "replicates=0", "-p", "learning=false")
    for ending in ("card.html", "card.md"):
        assert "NOT DISCLOSURE CONTROLLED" in (made / ending).read_text()
    rare = tables_of(made / "card")["groups"].set_index("group").loc["3"]
    assert 0 < float(rare["n"]) < 12


def test_tables_of_fairness_come_before_the_simple_one(tables):
    richer = pd.DataFrame({"group": ["A", "B"], "fnr": ["0.25", WITHHELD]})
    made = card({**tables, "fairness_metrics": richer}, TEXTS)
    section = next(one for one in made["sections"] if one["id"] == "fairness")
    names = [table["name"] for table in section["tables"]]
    assert names.index("fairness_metrics") < names.index("groups")
    assert [cell["text"] for cell in section["tables"][0]["rows"][0]] == ["A", "0.250"]
    assert section["tables"][0]["rows"][1][1]["text"] == WITHHELD


@settings(max_examples=8)
@given(text=st.text(alphabet="<>&\"'|*_[]#\\`ab {}\n", min_size=1, max_size=12))
def test_what_stands_in_a_table_cannot_become_markup(text):
    facts = pd.DataFrame({"name": ["outcome", "model"], "value": [f"<b>{text}", "x"]})
    rows = pd.DataFrame({"model": [f"<script>{text}", "m"], "n": ["20", "20"]})
    made = card({"facts": facts, "performance": rows}, TEXTS, stamps=[f"<i>{text}"])
    page = card_html(made)
    for tag in ("<b>", "<script>", "<i>"):
        assert tag not in page
    lines = card_markdown(made).splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1


def test_words_that_name_no_figure_are_refused(tmp_path):
    kept = (shipped("data_dictionary") / FILE).read_text()
    (tmp_path / FILE).write_text(kept.replace("{auc_longest}", "{auc_of_nothing}"))
    with pytest.raises(ParameterError) as refused:
        load_texts(tmp_path)
    assert "auc_of_nothing" in str(refused.value)


def test_words_of_last_resort_ask_for_nothing_and_what_is_asked_for_has_to_be_there(tmp_path):
    kept = (shipped("data_dictionary") / FILE).read_text()
    changed = kept.replace('"No refits were made."', '"[no_such] No refits were made."')
    assert changed != kept
    (tmp_path / FILE).write_text(changed)
    with pytest.raises(ParameterError) as refused:
        load_texts(tmp_path)
    assert "figure 'no_such' is not described" in str(refused.value)
    assert "the last text must need no figure" in str(refused.value)


def test_the_same_run_gives_the_same_card(folder, tmp_path):
    again = train(tmp_path, "-p", "replicates=10")
    for ending in ENDINGS:
        assert (again / ending).read_bytes() == (folder / ending).read_bytes()


def test_whose_events_a_list_by_risk_would_miss_is_on_the_card(tables, held):
    missed, scores = tables["fairness_missed"], tables["fairness_scores"]
    section = next(one for one in held["sections"] if one["id"] == "fairness")
    assert [one["name"] for one in section["tables"]] == [
        "fairness_missed", "fairness_scores", "groups"
    ]  # fmt: skip
    assert "leave out" in section["paragraphs"][0]["text"]
    for table in (missed, scores):
        told = table.set_index(["characteristic", "group"])
        assert {("sex", "3"), ("age", "Not known")} <= set(told.index)
    captured = float(tables["capture"]["captured"].iloc[0])
    everyone = float(missed.loc[missed["group"] == "All", "missed"].iloc[0])
    assert everyone == pytest.approx(1 - captured, abs=0.02)
    rare = missed[missed["group"] == "3"].iloc[0]
    assert rare["missed"] == rare["gap"] == WITHHELD
    judged = missed[missed["q"] != ""]
    assert len(judged) >= 4
    assert ((judged["q"].astype(float) >= 0) & (judged["q"].astype(float) <= 1)).all()


def test_groups_that_are_missed_more_are_named_only_where_that_is_shown():
    rows = [
        ("sex", "1", "0.05", "0.01"), ("sex", "2", "-0.05", "0.01"), ("sex", "3", WITHHELD, ""),
        ("age", "80+", "0.3", "0.2"),
    ]  # fmt: skip
    missed = pd.DataFrame(rows, columns=["characteristic", "group", "gap", "q"])
    told = facts(missed).set_index("name")["value"]
    assert told.to_dict() == {"groups_compared": "3", "missed_more": "1 (sex)"}
    assert facts(missed.assign(q="")).empty


def test_groups_too_small_to_compare_are_not_called_alike(tables):
    own = tables["facts"]
    own = own[~own["name"].isin(["groups_compared", "missed_more"])]
    made = card({**tables, "facts": own}, TEXTS)
    section = next(one for one in made["sections"] if one["id"] == "fairness")
    assert "too small to be compared" in section["paragraphs"][0]["text"]


def test_a_protected_column_of_names_or_long_numbers_never_gets_to_a_card(tmp_path, capsys):
    made = frame().assign(weight=lambda table: range(len(table)))
    made.to_csv(tmp_path / "rows.csv", index=False)
    words = ["train", "--workspace", str(tmp_path), "--frame", str(tmp_path / "rows.csv")]
    words += ["--roles", str(tmp_path / "roles.yaml"), "--out", str(tmp_path / "m"), "--quiet"]
    for name, code, why in (
        ("patient", 10, "tells patients or rows apart"), ("weight", 11, "too many to audit"),
    ):  # fmt: skip
        own = {**breach_cases.ROLES, "protected": [name]}
        (tmp_path / "roles.yaml").write_text(yaml.safe_dump(own, sort_keys=False))
        assert main(words) == code
        assert why in capsys.readouterr().err
        assert not (tmp_path / "m").exists()
