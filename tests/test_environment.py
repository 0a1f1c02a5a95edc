"""The lock, `pyproject.toml` and `environment.yml` agree, and no file names a package index."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)(?: ; ([^\\\n]+))?", LOCK, re.M)


def _declared() -> list[Requirement]:
    project = PROJECT["project"]
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    return [Requirement(line) for line in [*project["dependencies"], *extras]]


@pytest.mark.parametrize("requirement", _declared(), ids=lambda r: r.name)
def test_every_dependency_is_pinned_within_its_bounds(requirement: Requirement) -> None:
    versions = [
        v for n, v, _ in PINS if canonicalize_name(n) == canonicalize_name(requirement.name)
    ]
    assert versions, f"{requirement.name} is not in requirements.lock"
    assert all(requirement.specifier.contains(v, prereleases=True) for v in versions)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_each_python_gets_one_version_of_a_package(version: str) -> None:
    where = {
        "python_version": version,
        "python_full_version": f"{version}.0",
        "sys_platform": "linux",
        "platform_machine": "x86_64",
        "platform_system": "Linux",
        "os_name": "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    names = [
        canonicalize_name(name)
        for name, _, marker in PINS
        if not marker or Marker(marker.strip()).evaluate(where)
    ]
    assert len(names) == len(set(names))


def test_every_pin_has_a_hash_and_no_index_is_named() -> None:
    blocks = re.split(r"^(?=\S)", LOCK, flags=re.M)[1:]
    assert blocks
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK
    assert "index" not in re.sub(r"^[a-z0-9-]+==.*", "", LOCK, flags=re.M)


def test_conda_users_get_the_same_lock() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, _, pip = environment["dependencies"]
    assert pip == {"pip": ["--require-hashes", "-r requirements.lock"]}
    version = python.removeprefix("python=")
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(f"{version}.0")


def test_the_build_backend_is_locked_too() -> None:
    pinned = {canonicalize_name(name) for name, _, _ in PINS}
    assert {canonicalize_name(n) for n in PROJECT["build-system"]["requires"]} <= pinned
