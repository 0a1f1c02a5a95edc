"""Flesch-Kincaid grade, as reading-grade tools reckon it."""

from __future__ import annotations

import re


def syllables(word: str) -> int:
    """Groups of vowels, a silent last e apart."""
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    if word.endswith("e") and not word.endswith("le") and groups > 1:
        groups -= 1
    return max(groups, 1)


def grade(markdown: str) -> float:
    """Grade of some words; a number with a comma or a point is one word."""
    text = re.sub(r"(?<=\d)[.,](?=\d)", "", markdown.replace("*", ""))
    sentences = len(re.findall(r"[.!?](?:\s|$)", text))
    said = re.findall(r"[A-Za-z0-9%'-]+", text)
    total = sum(syllables(word) for word in said)
    return 0.39 * len(said) / sentences + 11.8 * total / len(said) - 15.59
