"""Linkage: records of one person, and pathways of one cancer, found across sources.

>>> import workbench as wb
>>> linked = wb.linkage.link(records)
>>> linked.clusters
"""

from workbench.linkage import evaluation, review
from workbench.linkage.columns import IDENTIFIERS, KEY, Column, Columns
from workbench.linkage.encoded_files import read_encoded
from workbench.linkage.encoded_link import link_encoded
from workbench.linkage.encoding import encode
from workbench.linkage.encoding_parameters import load_parameters
from workbench.linkage.encoding_secret import read_secret
from workbench.linkage.link_persons import link
from workbench.linkage.linked import Linked

__all__ = [
    "IDENTIFIERS",
    "KEY",
    "Column",
    "Columns",
    "Linked",
    "encode",
    "evaluation",
    "link",
    "link_encoded",
    "load_parameters",
    "read_encoded",
    "read_secret",
    "review",
]
