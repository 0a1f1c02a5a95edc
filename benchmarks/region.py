"""Time and memory of writing the synthetic region.

    python benchmarks/region.py [REFERRALS]

600,000 referrals should take under three minutes and 3 GB.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from workbench.demo.cohort import write_region

SECONDS, GIGABYTES = 180.0, 3.0


def main(referrals: int) -> int:
    """Write one region into a temporary folder and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        written = write_region(Path(folder), referrals=referrals)
        seconds = time.perf_counter() - started
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    pathways = sum(rows for name, rows in written.rows.items() if "pathways" in name)
    print(f"referrals     {referrals:>12,}")
    print(f"pathway rows  {pathways:>12,}")
    print(f"all rows      {sum(written.rows.values()):>12,}")
    print(f"written       {size / 1e6:>12,.0f} MB")
    print(f"time          {seconds:>12,.1f} s")
    print(f"peak memory   {gigabytes:>12,.2f} GB")
    return 0 if seconds < SECONDS and gigabytes < GIGABYTES else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 600_000))
