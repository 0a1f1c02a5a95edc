"""The official files as they are published, where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from workbench import reference
from workbench.engine import connect
from workbench.errors import InputError
from workbench.shipped import shipped

pytestmark = pytest.mark.real_data

FILES = {
    "imd2019_england_lsoa11": ("imd", "2019", "2011", 32_844),
    "imd2025_england_lsoa21": ("imd", "2025", "2021", 33_755),
    "lookup_lsoa11_lsoa21_ltla22": ("lsoa_2011_2021", "2021", "2011 and 2021", 35_795),
    "lookup_lsoa21_icb24": ("lsoa_icb", "2024", "2021", 33_755),
    "lookup_trust_trust": ("trust_successors", "2022-04", "", 25_480),
    "lookup_nhs_trusts22_icb22": ("trust_icb", "2022", "", 1_321),
    "ethnicity21_lsoa21": ("ethnicity", "2021", "2021", 178_360),
    "ruc21_lsoa21": ("rurality", "2021", "2021", 35_672),
}


def add(workspace: Path, path: Path, kind: str, vintage: str | None = None) -> reference.Held:
    kinds = reference.load_kinds(shipped("data_dictionary"))
    return reference.add(workspace, path, kind, kinds, vintage=vintage)


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_recognised_whole(tmp_path: Path, real_data: Path, name: str) -> None:
    kind, vintage, boundaries, rows = FILES[name]
    entry = add(tmp_path, real_data / "geography" / f"{name}.parquet", kind)
    assert (entry.vintage, entry.boundaries, entry.rows) == (vintage, boundaries, rows)
    assert (entry.whole, entry.status) == (True, "confirmed")


def test_trusts_of_the_organisation_data_service(tmp_path: Path, real_data: Path) -> None:
    file = real_data / "dictionary" / "ods_etr_2023.csv"
    entry = add(tmp_path, file, "trusts", "2023-05")
    table = pd.read_parquet(tmp_path / "reference" / entry.stored)
    assert entry.rows == len(table) == 218
    assert table["trust_code"].is_unique
    assert table["open_date"].notna().all()
    headless = tmp_path / "etr.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    headless.write_text("".join(lines[1:]), encoding="utf-8")
    again = add(tmp_path, headless, "trusts", "2023-06")
    assert pd.read_parquet(tmp_path / "reference" / again.stored).equals(table)


def test_an_index_under_the_other_boundaries_heading_is_refused(
    tmp_path: Path, real_data: Path
) -> None:
    index = pd.read_parquet(real_data / "geography" / "imd2019_england_lsoa11.parquet")
    index.rename(columns={"lsoa11_code": "lsoa21_code"}).to_csv(tmp_path / "i.csv", index=False)
    with pytest.raises(InputError, match="cannot be right") as refused:
        add(tmp_path, tmp_path / "i.csv", "imd")
    assert "32,844 different areas of England" in refused.value.faults[0]


def test_2011_areas_are_moved_then_joined_to_the_2025_index(
    tmp_path: Path, real_data: Path
) -> None:
    folder = real_data / "geography"
    add(tmp_path, folder / "imd2025_england_lsoa21.parquet", "imd")
    add(tmp_path, folder / "lookup_lsoa11_lsoa21_ltla22.parquet", "lsoa_2011_2021")
    con = connect()
    old = pd.read_parquet(folder / "imd2019_england_lsoa11.parquet")[["lsoa11_code"]]
    old = old.rename(columns={"lsoa11_code": "lsoa"}).assign(lsoa_vintage="2011")
    records = con.create_table("records", pa.Table.from_pandas(old))
    imd = reference.table(con, tmp_path, "imd", "2025")
    with pytest.raises(InputError, match="2021 boundaries"):
        reference.join_imd(records, imd)
    lookup = reference.table(con, tmp_path, "lsoa_2011_2021", "2021")
    moved = reference.moved_to_2021(records, lookup)
    joined = reference.join_imd(moved, imd).to_pyarrow().to_pandas()
    assert len(joined) == len(old)
    unmoved = joined["lsoa"].isna()
    assert joined.loc[~unmoved, "imd_decile"].notna().all()
    changes = pd.read_parquet(folder / "lookup_lsoa11_lsoa21_ltla22.parquet")
    split = changes.loc[changes["change_code"].isin(["S", "X"]), "lsoa11_code"]
    assert unmoved.sum() == split[split.str.startswith("E")].nunique()
