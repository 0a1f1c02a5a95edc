"""Words of a report that say what no table may: a small number of people, or who someone is."""

from __future__ import annotations

import re

from workbench.reporting.identifiers import identifiers_in

_PEOPLE = (
    "patient|people|person|man|men|woman|women|child|children|pathway|referral|record|case|breach"
    "|breache|death"
)
_WHO = "patient|people|person|man|men|woman|women|child|children"
_RATE = r"(?! (?:in|of|out of|per|for every|a) (?:\w+ )?\d)"
_GROUPS = r"(?!(?:s|['’]|s['’]|['’]s)? (?:groups?|organisations?|forums?|surveys?|stories)\b)"
_SMALL_COUNTS = (
    # "fewer than 8 people" and "1 to 7 people" are rules.
    re.compile(
        rf"(?<![\d.,:/%-])(?<!\bto )(?<!\bevery )(?<!\bthan )(?<!\b(?:under|below|least) )"
        rf"(?<!\bmost )\b[1-7] (?:\w+ )?(?:{_PEOPLE}){_GROUPS}s?\b{_RATE}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\bto )(?<!\bin )(?<!\bevery )(?<!\bthan )(?<!\b(?:under|below|least) )(?<!\bmost )"
        rf"\b(?:two|three|four|five|six|seven) (?:\w+ )?(?:{_WHO}){_GROUPS}s?\b(?!['’]s){_RATE}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![\d.,:/%-])\b[1-7](?: \([\d.]+ ?%\))? of (?:the |all )?(?:[\d,]+ )?(?:\w+ )?"
        rf"(?:{_WHO}){_GROUPS}s?\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:{_WHO})s?(?:: | \()[1-7](?=\)|[.;,]?$|[.;,] )",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\w.])n ?= ?[1-7](?![\w%]|[.,]\d)", re.IGNORECASE),
    re.compile(
        r"\bcounts?(?: of \w+)?(?:: | (?:is|was|are|were) )[1-7](?![\w%]|[.,/:-]\d| to )",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\bno )(?<!\bnot )\b(?:(?:only|just) one|a single) (?:\w+ )?(?:{_WHO})\b{_RATE}",
        re.IGNORECASE,
    ),
)
_NO_COUNT = re.compile(
    # "1 in 5 patients" is a share, "stage 4 patients" are a kind, "between 1 and 7" is a rule.
    r"(?:\b(?:\d+|one|two|three) (?:\w+ )?in (?:every )?"
    r"|\b(?:stage|type|grade|band|phase|tier|fifth|quintile|decile|table|figure|nearest) "
    r"|\bbetween \d+ and )$",
    re.IGNORECASE,
)
# In running text ten figures within a digest or an id are no NHS number.
_NHS_NUMBER = re.compile(r"(?<![\w.,-])(?:\d{10}|\d{3}[ -]\d{3}[ -]\d{4})(?![\w-])", re.ASCII)
_BIRTH_DATE = re.compile(
    r"(?<![\w/-])(?:(?:19\d\d|200[0-5])-\d\d-\d\d|\d\d?/\d\d?/(?:19\d\d|200[0-5]))(?![\w/-])"
)
_POSTCODE = "a postcode"
_BLANK = re.compile(r"[^\S\r\n]")
"""Any blank but a new line: one that does not break is written where a number meets its noun."""


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
    return found + (["a count of 1 to 7"] if _tells_few(_BLANK.sub(" ", text)) else [])


def identifiers_of(text: str) -> list[str]:
    """As `faults_in`, without counts: for figures that are public as they stand."""
    return [fault for fault in faults_in(text) if not fault.startswith("a count")]


def _tells_few(text: str) -> bool:
    return any(
        not _NO_COUNT.search(text[: found.start()])
        for pattern in _SMALL_COUNTS
        for found in pattern.finditer(text)
    )


def in_name(name: str) -> list[str]:
    """What is wrong with the name of a file, whose words are parted by ``_``."""
    told = re.sub(r"[_.]+", " ", re.sub(r"(?<![^_])n_(?=[1-7](?!\d))", "n=", name))
    return faults_in(told) + (["an NHS number"] if re.search(r"(?<!\d)\d{10}(?!\d)", name) else [])
