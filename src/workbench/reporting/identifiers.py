"""Finds what looks like a patient's identifier among words meant for a reader.

The gate looks at tables; a headline or an alternative text is written by the
notebook and may have a value of the data in it.
"""

from __future__ import annotations

import re

from workbench.errors import DisclosureError

_NHS_NUMBER = r"(?<![\d.,])(?:\d{10}|\d{3}[ -]\d{3}[ -]\d{4})(?!\d)"
_POSTCODE = r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
# "q4 1st" is not a postcode; in small letters an ordinal is the likelier reading.
_SMALL_POSTCODE = r"\b[a-z]{1,2}\d[a-z\d]? \d(?!st|nd|rd|th)[a-z]{2}\b"
_PATTERNS = {
    "an NHS number": re.compile(_NHS_NUMBER, re.ASCII),
    "a postcode": re.compile(f"{_POSTCODE}|{_SMALL_POSTCODE}", re.ASCII),
}


def identifiers_in(text: str) -> list[str]:
    """What a text seems to hold: ``an NHS number``, ``a postcode``, both or nothing."""
    return [what for what, pattern in _PATTERNS.items() if pattern.search(text)]


def refuse_identifiers(where: str, *texts: str) -> None:
    """Refuse words with what looks like a patient's identifier.

    Parameters
    ----------
    where : str
        What the words are, for the message; it holds none of them.
    *texts : str
        The words.

    Raises
    ------
    DisclosureError
        One of them looks as if it named a patient.
    """
    found = sorted({what for text in texts for what in identifiers_in(text)})
    if found:
        raise DisclosureError(
            f"{where} holds what looks like {' and '.join(found)}.",
            remedy="Words on a page must not name a patient; take the value out.",
        )


def without_identifiers(text: str) -> str:
    """The text, or a line in its place if it seems to name a patient."""
    return "(not shown: the words look as if they name a patient)" if identifiers_in(text) else text
