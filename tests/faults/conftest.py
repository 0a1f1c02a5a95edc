import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "reporting"))

from notebook_maker import Region


@pytest.fixture
def region(tmp_path: Path) -> Region:
    return Region(tmp_path / "region")
