"""Words of a report that say what no table may: a small number of people, or who someone is."""

from __future__ import annotations

import re

from workbench.reporting.identifiers import identifiers_in

_PEOPLE = (
    "patient|people|person|man|men|woman|women|child|children|pathway|referral|record|case|breach"
    "|breache|death"
)
_SMALL_COUNT = re.compile(
    # "1 in 5 patients" is a share, "fewer than 8 people" and "1 to 7 people" are rules.
    rf"(?<![\d.,:/%-])(?<!\b(?:in|of|to) )(?<!\bevery )(?<!\bthan )(?<!\b(?:under|below|least) )"
    rf"(?<!\bmost )\b[1-7] (?:\w+ )?(?:{_PEOPLE})s?\b"
    r"(?! (?:in|of|out of|per|for every|a) (?:\w+ )?\d)",
    re.IGNORECASE,
)
# In running text ten figures within a digest or an id are no NHS number.
_NHS_NUMBER = re.compile(r"(?<![\w.,-])(?:\d{10}|\d{3}[ -]\d{3}[ -]\d{4})(?![\w-])", re.ASCII)
_BIRTH_DATE = re.compile(
    r"(?<![\w/-])(?:(?:19\d\d|200[0-5])-\d\d-\d\d|\d\d?/\d\d?/(?:19\d\d|200[0-5]))(?![\w/-])"
)
_POSTCODE = "a postcode"


def faults_in(text: str) -> list[str]:
    """What is wrong with a text: kinds of fault, never its words.

    Parameters
    ----------
    text : str
        A sentence, a label or a name of a file.

    Returns
    -------
    list of str
        Among ``an NHS number``, ``a postcode``, ``a date of birth`` and ``a count of 1
        to 7``. A rate such as "5 patients in 100" is no count.
    """
    found = ["an NHS number"] if _NHS_NUMBER.search(text) else []
    found += [_POSTCODE] if _POSTCODE in identifiers_in(text) else []
    found += ["a date of birth"] if _BIRTH_DATE.search(text) else []
    return found + (["a count of 1 to 7"] if _SMALL_COUNT.search(text) else [])


def identifiers_of(text: str) -> list[str]:
    """As `faults_in`, without counts: for figures that are public as they stand."""
    return [fault for fault in faults_in(text) if not fault.startswith("a count")]


def in_name(name: str) -> list[str]:
    """What is wrong with the name of a file, whose words are parted by ``_``."""
    return faults_in(re.sub(r"[_.]+", " ", name)) + (
        ["an NHS number"] if re.search(r"(?<!\d)\d{10}(?!\d)", name) else []
    )
