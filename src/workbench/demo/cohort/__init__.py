"""The synthetic region's patients: three Trusts, 24 months, and the truth planted in them."""

from workbench.demo.cohort.hazards import daily_hazard, still_waiting
from workbench.demo.cohort.region_files import RegionSummary, write_region

__all__ = ["RegionSummary", "daily_hazard", "still_waiting", "write_region"]
