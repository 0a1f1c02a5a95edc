"""Which two parts may be one pathway, and what speaks for it.

Only parts of one person, or under one identifier of one issuer, are set beside each
other. Each pair is joined by a rule, left for review with a reason, or left apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.linkage import pathway_items as items
from workbench.linkage.pathway_parts import PART
from workbench.linkage.pathway_rules import PathwayRules

SAME_IDENTIFIER, SAME_IDENTIFIER_TWO_PEOPLE = "same_identifier", "same_identifier_two_people"
TRANSFER, SAME_REFERRAL, DUPLICATE = "transfer", "same_referral", "duplicate"
JOINING = (SAME_IDENTIFIER, SAME_IDENTIFIER_TWO_PEOPLE, DUPLICATE, TRANSFER, SAME_REFERRAL)
"""Rules that join, from the firmest."""

FIRM = (SAME_IDENTIFIER, SAME_IDENTIFIER_TWO_PEOPLE, DUPLICATE)
"""Rules that need no look at what else the person has."""

COMPARED = ("referred", "seen", "requested", "decided", "suspected", "tumour_group")
"""What two parts are compared on; each is equal, different, or missing on a side."""

_SIDES = ("left", "right")
_FACTS = (
    PART, items.SOURCE, items.PERSON, items.IDENTIFIER, items.ISSUER, "started", "ended",
    "treated", "received", "referring", "receiving", *COMPARED,
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two parts side by side, as tests over a table of pairs."""

    table: ir.Table
    rules: PathwayRules

    def of(self, side: str, name: str) -> Any:
        """A fact of one part."""
        return self.table[f"{name}_{side}"]

    def both(self, name: str) -> tuple[Any, Any]:
        """A fact of each."""
        return self.of("left", name), self.of("right", name)

    def equal(self, name: str) -> ir.BooleanValue:
        """Both known, and the same."""
        left, right = self.both(name)
        return (left == right).fill_null(False)

    def differ(self, name: str) -> ir.BooleanValue:
        """Both known, and not the same."""
        left, right = self.both(name)
        return (left != right).fill_null(False)

    def apart(self, name: str) -> ir.IntegerValue:
        """Days between two days; null where one is not known."""
        left, right = self.both(name)
        return left.delta(right, unit="day").abs()

    def within(self, name: str, days: int) -> ir.BooleanValue:
        """Both known, and at most so many days apart."""
        return (self.apart(name) <= days).fill_null(False)

    @property
    def agreeing(self) -> ir.IntegerValue:
        """How many of `COMPARED` are equal."""
        first, *others = (self.equal(name).cast("int64") for name in COMPARED)
        total = first
        for other in others:
            total = total + other
        return total

    @property
    def two_cancers(self) -> ir.BooleanValue:
        """Diagnoses of two tumour groups, or two suspected ones that no diagnosis unites."""
        diagnoses = self.differ("tumour_group")
        suspicions = self.differ("suspected") & ~self.equal("tumour_group")
        return diagnoses | suspicions

    @property
    def one_cancer(self) -> ir.BooleanValue:
        """One suspected type or tumour group, and nothing that speaks against it."""
        alike = self.equal("suspected") | self.equal("tumour_group")
        return alike & ~self.two_cancers

    @property
    def names_the_other(self) -> ir.BooleanValue:
        """A record names the other's Trust as where the patient came from or went."""
        found = ibis.literal(False)
        for one, other in (_SIDES, _SIDES[::-1]):
            sent = self.of(one, "receiving") == self.of(other, items.SOURCE)
            came = self.of(other, "referring") == self.of(one, items.SOURCE)
            found = found | (sent | came).fill_null(False)
        return found

    @property
    def answered(self) -> ir.BooleanValue:
        """The receiving side dates the request no earlier than the sending side, and soon after."""
        found = ibis.literal(False)
        for one, other in (_SIDES, _SIDES[::-1]):
            days = self.of(other, "received").delta(self.of(one, "requested"), unit="day")
            found = found | days.between(0, self.rules.transfer_answer_days).fill_null(False)
        return found

    @property
    def overlapping(self) -> ir.BooleanValue:
        """One began while the other was open."""
        found = ibis.literal(False)
        for one, other in (_SIDES, _SIDES[::-1]):
            began, opened = self.of(other, "started"), self.of(one, "started")
            ended = self.of(one, "ended")
            inside = (began >= opened) & (ended.isnull() | (began <= ended))
            found = found | inside.fill_null(False)
        return found


def candidate_pairs(parts: ir.Table, rules: PathwayRules) -> ir.Table:
    """Set the parts side by side that may be one pathway, and judge each pair.

    Parameters
    ----------
    parts : Table
        From `pathway_parts.parts_of`.
    rules : PathwayRules

    Returns
    -------
    Table
        One row a pair that is joined or left for review: ``part_left`` < ``part_right``,
        ``source_left``, ``source_right``, ``rule`` (one of `JOINING`, else null),
        ``reason`` (why it is for review, else null), ``agreeing`` and ``agreement_NAME``
        (equal, different or missing) for each of `COMPARED`.
    """
    pairs = _side_by_side(parts)
    pair = Pair(pairs, rules)
    judged = pairs.select(
        *(f"{name}_{side}" for name in (PART, items.SOURCE) for side in _SIDES),
        rule=_rule(pair),
        reason=_reason(pair),
        agreeing=pair.agreeing,
        **{f"agreement_{name}": _agreement(pair, name) for name in COMPARED},
    )
    judged = judged.mutate(reason=ibis.ifelse(judged.rule.isnull(), judged.reason, None))
    return judged.filter(judged.rule.notnull() | judged.reason.notnull())


def _side_by_side(parts: ir.Table) -> ir.Table:
    sides = [parts.select(**{f"{n}_{side}": parts[n] for n in _FACTS}) for side in _SIDES]
    left, right = sides
    of_person = left.inner_join(
        right,
        [left[f"{items.PERSON}_left"] == right[f"{items.PERSON}_right"],
         left.part_left < right.part_right],
    )  # fmt: skip
    of_identifier = left.inner_join(
        right,
        [left[f"{items.IDENTIFIER}_left"] == right[f"{items.IDENTIFIER}_right"],
         left[f"{items.ISSUER}_left"] == right[f"{items.ISSUER}_right"],
         left.part_left < right.part_right,
         left[f"{items.PERSON}_left"] != right[f"{items.PERSON}_right"]],
    )  # fmt: skip
    return of_person.union(of_identifier)


def _rule(pair: Pair) -> Any:
    one_person, one_identifier, one_trust = _who(pair)
    firm = pair.equal("referred") & pair.equal("seen") & ~pair.two_cancers
    transfer = (
        pair.names_the_other
        & ~pair.two_cancers
        & (pair.equal("requested") | pair.answered | pair.within("referred", _days(pair)))
        & ~(pair.differ("requested") & ~pair.answered)
        & (pair.within("referred", _days(pair)) | pair.overlapping)
        & (pair.agreeing >= pair.rules.joining_score)
    )
    referral = pair.equal("referred") & pair.equal("seen") & pair.one_cancer
    duplicate = (
        ~pair.two_cancers
        & (pair.one_cancer | pair.equal("seen"))
        & (
            pair.within("referred", pair.rules.duplicate_days)
            | (pair.apart("referred").isnull() & pair.equal("seen"))
        )
        & ~pair.differ("seen")
        & ~pair.differ("ended")
    )
    return ibis.cases(
        (one_identifier & one_person & ~pair.differ("tumour_group"), SAME_IDENTIFIER),
        (one_identifier & ~one_person & firm, SAME_IDENTIFIER_TWO_PEOPLE),
        (one_person & one_trust & duplicate, DUPLICATE),
        (one_person & ~one_trust & transfer, TRANSFER),
        (one_person & ~one_trust & referral, SAME_REFERRAL),
        else_=ibis.null("string"),
    )


def _reason(pair: Pair) -> Any:
    one_person, one_identifier, one_trust = _who(pair)
    near = pair.within("referred", pair.rules.duplicate_review_days)
    return ibis.cases(
        (one_identifier & ~one_person, "one_identifier_two_people"),
        (one_identifier, "one_identifier_two_cancers"),
        (
            ~one_trust & pair.names_the_other & ~pair.two_cancers & pair.overlapping,
            "transfer_unclear",
        ),
        (one_trust & pair.one_cancer & near & pair.overlapping, "duplicate_unclear"),
        (~one_trust & pair.one_cancer & near & pair.overlapping, "referred_twice_unclear"),
        else_=ibis.null("string"),
    )


def _who(pair: Pair) -> tuple[Any, Any, Any]:
    identifier = pair.equal(items.IDENTIFIER) & pair.equal(items.ISSUER)
    return pair.equal(items.PERSON), identifier, pair.equal(items.SOURCE)


def _days(pair: Pair) -> int:
    return pair.rules.referral_days


def _agreement(pair: Pair, name: str) -> Any:
    return ibis.cases(
        (pair.equal(name), "equal"), (pair.differ(name), "different"), else_="missing"
    )
