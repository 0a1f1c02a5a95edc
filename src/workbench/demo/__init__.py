"""A synthetic region: everything the workbench needs, with nobody in it."""

from workbench.demo.region import write_demo
from workbench.demo.workbooks import write_workbooks

__all__ = ["write_demo", "write_workbooks"]
