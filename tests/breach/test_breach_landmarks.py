"""Landmarks hold what was known that day, keep every exit, and count what is lost."""

from __future__ import annotations

import breach_records as made
import numpy as np
import pandas as pd
import pytest

from workbench.breach.landmark_rows import KEY, Landmarks, landmarks
from workbench.breach.roles import ROW, roles_of
from workbench.breach.settings import load_settings
from workbench.errors import InputError, ParameterError

AS_AT = "2024-04-30"
CUT = "2023-11-15"


def features() -> list[str]:
    return [one.name for one in roles_of(load_settings().roles).features]


def build(store: made.Store, standard: str = "62D", **options) -> Landmarks:
    options = {"as_at": AS_AT, "demographics": store.demographics, **options}
    return landmarks(store.records, store.milestones, standard=standard, **options)


@pytest.mark.parametrize("standard", ["FDS", "31D", "62D"])
def test_rows_are_of_clocks_still_open_on_the_days_asked_for(built, store, standard):
    rows = built[standard].frame
    records = store.records.set_index("record_id").loc[rows["record_id"].to_numpy()]
    start = records[made.DECIDED if standard == "31D" else made.CRTP]
    end = records[[made.TREATED]] if standard == "31D" else records[[made.TREATED, made.TOLD]]
    if standard == "62D":  # being told of a cancer closes nothing
        end.loc[records[made.WHY_TOLD] == "01", made.TOLD] = pd.NaT
    day = rows["landmark_date"].to_numpy()
    assert set(rows["landmark_day"]) <= set(load_settings().landmark_days[standard])
    assert (start.to_numpy() + rows["landmark_day"].to_numpy(dtype="timedelta64[D]") == day).all()
    assert not (end.min(axis=1).to_numpy() <= day).any()


def test_no_clock_that_is_open_on_a_day_is_left_out(built, store):
    rows = built["62D"].frame
    records = store.records
    told_out = records[made.TOLD].where(records[made.WHY_TOLD] == "02")
    ended = pd.concat([records[made.TREATED], told_out], axis=1).min(axis=1)
    for day in (0, 28, 56):
        on = records[made.CRTP] + pd.Timedelta(days=day)
        still = records[(ended > on) & (on <= pd.Timestamp(AS_AT))]
        got = rows.loc[rows["landmark_day"] == day, "record_id"]
        # handed over to a Trust that sends nothing here: it stays with the sender
        assert set(got) == set(still["record_id"])


def test_leaving_without_treatment_is_no_breach_unless_the_day_had_passed(built, store):
    rows = built["62D"].frame.merge(store.records, on="record_id")
    out = rows[(rows[made.WHY_TOLD] == "02") & rows["outcome"].notna()]
    off = out["waiting_time_adjustment_first_seen"]
    waited = (out[made.TOLD] - out[made.CRTP]).dt.days - off
    assert (out["outcome"].astype(bool) == (waited > 62)).all()
    known = out["late"].notna()
    assert known.any()
    assert not out.loc[known, "late"].astype(bool).any()


def test_the_outcome_of_treated_pathways_is_that_of_the_standards(built, store):
    import workbench as wb

    waits = wb.standards.waits(store.records.assign(
        organisation_site_identifier_of_provider_first_seen="ZZ101",
        organisation_site_identifier_of_provider_cancer_treatment_start_date="ZZ101",
    ))  # fmt: skip
    six_two = waits[(waits["standard"] == "62D") & waits["included"]]
    rows = built["62D"].frame.merge(six_two[["record_id", "within"]], on="record_id")
    known = rows[rows["outcome"].notna()]
    assert len(known) > 100
    assert (known["outcome"].astype(bool) == ~known["within"].astype(bool)).all()


def test_rows_whose_outcome_is_not_known_yet_are_kept_blank_and_counted(built):
    found = built["62D"]
    rows, flow = found.frame, found.flow.set_index("step")["count"]
    blank = rows["outcome"].isna()
    assert (blank == (rows["outcome_date"] > pd.Timestamp(AS_AT))).all()
    assert flow["rows whose outcome is not known yet"] == blank.sum() > 0
    assert flow["rows to learn from"] + blank.sum() == flow["rows"] == len(rows)


@pytest.mark.parametrize(
    ("standard", "shuffled"), [("62D", None), ("62D", 0), ("FDS", 1), ("31D", None)]
)
def test_nothing_after_a_landmark_changes_a_feature_of_it(built, store, standard, shuffled):
    whole = built[standard].frame
    draw = None if shuffled is None else np.random.default_rng(shuffled)
    cut = build(
        made.cut_off(store, CUT, draw), standard, as_at=CUT if draw is None else AS_AT
    ).frame
    names = [*KEY, *features(), *load_settings().roles["protected"]]
    before = whole[whole["landmark_date"] <= CUT].set_index(list(KEY))
    after = cut[cut["landmark_date"] <= CUT].set_index(list(KEY))
    after = after.loc[after.index.isin(before.index)]
    # what a later event may change is whether a row is there: a pathway without a dated end
    both = before.index.intersection(after.index)
    assert len(both) > 0.9 * len(before) > 50
    for name in (n for n in names if n not in KEY):
        left, right = before.loc[both, name], after.loc[both, name]
        assert (
            left.astype("object").where(left.notna(), None).tolist()
            == right.astype("object").where(right.notna(), None).tolist()
        ), name


def test_order_of_rows_and_threads_change_nothing(built, store):
    from workbench.engine import connect

    once = built["62D"].frame
    shuffled = made.Store(
        store.records.sample(frac=1, random_state=1),
        store.milestones.sample(frac=1, random_state=2),
        store.demographics.sample(frac=1, random_state=3),
    )
    again = build(shuffled, con=connect(threads=1)).frame
    pd.testing.assert_frame_equal(once, again, check_exact=True)


def test_every_feature_says_when_it_is_known_and_it_was(built):
    for found in built.values():
        for one in roles_of(load_settings().roles).features:
            if one.known_at != ROW:
                told = found.frame[found.frame[one.name].notna()]
                assert (told[one.known_at] <= told["landmark_date"]).all(), one.name


def test_load_counts_the_open_pathways_of_the_trust(built, store):
    rows = built["62D"].frame
    row = rows[rows["landmark_date"] >= "2023-12-01"].iloc[5]
    records, day = store.records, row["landmark_date"]
    told_out = records[made.TOLD].where(records[made.WHY_TOLD] == "02")
    ended = pd.concat([records[made.TREATED], told_out], axis=1).min(axis=1)
    last = records[made.CRTP] + pd.Timedelta(days=load_settings().load_days)
    still = (records[made.CRTP] <= day) & (ended > day) & (last > day)
    moved = records[made.MOVED].notna() & (records[made.MOVED] <= day)
    at = records["source"].where(~moved, "ZZ3")
    assert row["open_pathways_at_provider"] == (still & (at == row["provider"])).sum()


def test_linked_parts_make_one_pathway_of_two_records(built, store):
    records = store.records.copy()
    moved = records[records[made.MOVED].notna()]
    second = moved.assign(
        record_id="s" + moved["record_id"], source="ZZ3",
        **{made.PATHWAY: "other" + moved[made.PATHWAY], made.ISSUER: "ZZ3"},
    )  # fmt: skip
    held = ~records["record_id"].isin(moved["record_id"])
    for name in (made.TREATED, made.DECIDED):
        records[name] = records[name].where(held)
    both = pd.concat([records, second], ignore_index=True)
    parts = pd.DataFrame(
        {"record_id": both["record_id"], "pathway_id": "W" + both["record_id"].str[-5:]}
    )
    linked = landmarks(both, store.milestones, standard="62D", as_at=AS_AT, parts=parts).frame
    whole = built["62D"].frame
    names = [name for name in features() if name != "age_at_referral"]
    pd.testing.assert_frame_equal(linked[["record_id", "outcome", *names]],
                                  whole[["record_id", "outcome", *names]])  # fmt: skip
    alone = landmarks(both, store.milestones, standard="62D", as_at=AS_AT).frame
    assert set(second["record_id"]) <= set(alone["record_id"])
    gone = moved[moved[made.MOVED] <= AS_AT]
    assert len(gone) > 5
    assert not set(gone["record_id"]) & set(alone["record_id"])


def test_a_decision_to_treat_knows_the_62_day_clock_and_the_transfers_before_it(store):
    records = store.records.copy()
    upgraded = records[made.TREATED].notna() & (np.arange(len(records)) % 4 == 0)
    records.loc[upgraded, ["source_of_referral_for_out_patients", "priority_type_code"]] = "01"
    records.loc[upgraded, made.TYPE] = None
    records["consultant_upgrade_date"] = (records[made.CRTP] + pd.Timedelta(days=3)).where(upgraded)
    first = records[records[made.TREATED].notna()]
    later = first.iloc[::5].assign(
        record_id="l" + first["record_id"].iloc[::5],
        **{made.DECIDED: first[made.TREATED] + pd.Timedelta(days=9), made.TREATED: pd.NaT},
    )
    both = pd.concat([records, later], ignore_index=True)
    rows = landmarks(both, store.milestones, standard="31D", as_at=AS_AT).frame
    own = both.set_index("record_id").loc[rows["record_id"].to_numpy()].reset_index()
    start = own["consultant_upgrade_date"].fillna(own[made.CRTP])
    off = own["waiting_time_adjustment_first_seen"]
    ran = (rows["landmark_date"].reset_index(drop=True) - start).dt.days - off
    of_later = rows["record_id"].str.startswith("l").to_numpy()
    told = rows["days_on_62_day_clock"].reset_index(drop=True)
    assert of_later.any()
    assert told[of_later].isna().all()  # the clock stopped at the first treatment
    assert (told[~of_later] == ran[~of_later]).all()
    assert (told[~of_later] < rows["days_since_referral"].to_numpy()[~of_later]).sum() > 20
    moved = own[made.MOVED].notna() & (own[made.MOVED] <= rows["landmark_date"].to_numpy())
    assert (rows["transferred"].to_numpy() == moved.to_numpy()).all()
    assert 10 < moved.sum() < len(rows)
    assert rows["provider"].tolist() == own["source"].tolist()


@pytest.mark.parametrize("standard", ["FDS", "62D"])
def test_only_a_decision_to_treat_has_another_clock(built, standard):
    assert built[standard].frame["days_on_62_day_clock"].isna().all()


def test_pathways_open_on_the_day_come_once(store):
    found = build(store, as_at="2024-02-29", on_the_day=True).frame
    assert found["record_id"].is_unique
    assert (found["landmark_date"] == pd.Timestamp("2024-02-29")).all()
    assert (found["landmark_day"] <= found["days_so_far"]).all()


@pytest.mark.parametrize("standard", ["FDS", "31D", "62D"])
@pytest.mark.parametrize("day", ["2023-09-30", "2024-02-29"])
def test_who_was_open_on_a_past_day_is_scored_whatever_came_of_them(store, standard, day):
    now = build(store, standard, as_at=day, on_the_day=True).frame
    then = build(made.cut_off(store, day), standard, as_at=day, on_the_day=True).frame
    if standard == "62D":
        start, treated = store.records[made.CRTP], store.records[made.TREATED]
        gone = (treated <= day) | ((store.records[made.TOLD] <= day) & treated.isna())
        assert set(now["record_id"]) == set(store.records["record_id"][(start <= day) & ~gone])
    assert now["record_id"].tolist() == then["record_id"].tolist()
    for name in ("provider", "stage", "days_so_far", "open_pathways_at_provider"):
        assert now[name].astype("str").tolist() == then[name].astype("str").tolist()


def test_a_pathway_closed_without_a_day_was_open_before_the_extract_that_tells(store):
    records = store.records.copy()
    young = (records[made.CRTP] > "2024-02-19") & (records[made.CRTP] <= "2024-02-29")
    records.loc[young, [made.SEEN, made.TOLD, made.DECIDED, made.TREATED, made.MOVED]] = pd.NaT
    records.loc[young, made.STATUS] = "03"
    found = {}
    for extract in ("2024-02-29", "2024-06-30"):
        held = made.Store(
            records.assign(extract_date=extract), store.milestones, store.demographics
        )
        rows = build(held, as_at="2024-02-29", on_the_day=True).frame
        found[extract] = set(rows["record_id"]) & set(records["record_id"][young])
    assert found["2024-02-29"] == set()
    assert found["2024-06-30"] == set(records["record_id"][young])
    assert len(found["2024-06-30"]) > 2


def test_bad_input_is_refused_with_every_fault(store):
    with pytest.raises(ParameterError, match="no such standard"):
        build(store, "2WW")
    with pytest.raises(ParameterError, match="as_at"):
        build(store, as_at="soon")
    with pytest.raises(InputError, match=r"source.*\n.*issuer"):
        landmarks(store.records.drop(columns=["source", made.ISSUER]), standard="62D", as_at=AS_AT)
