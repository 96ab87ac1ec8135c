"""The proof checked without the search: every move fits all that is shown, and every protected field is moved.

A move's changes are added to the counts, and everything a reader knows is asked again: sums, zeros, figures shown, and
that the reason given beside each hidden figure is still the right one. Exact whole numbers throughout.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pakkeforlop.publication.disclosure.block import Member, Reason, State, States, nested, sums
from pakkeforlop.publication.disclosure.protect import FIELDS, Key, Protected, few, hides, targets_of
from pakkeforlop.publication.disclosure.rule import Counts, Flags, Rule
from pakkeforlop.publication.disclosure.search import ALONE, Found, counts_of


def unprotected(result: Protected, rule: Rule) -> list[str]:
    """What is wrong, a line each; empty when the block may be released."""
    if result.withheld:
        return []
    wrong = [f"{result.block.name}: shown against the rule" for _ in _shown_against_the_rule(result, rule)]
    moved: dict[Key, Flags] = {}
    for number, found in enumerate(result.proof):
        faults = list(_faults(result, rule, found))
        wrong += [f"{result.block.name}: move {number}: {fault}" for fault in faults]
        if not faults:
            _mark(result, found, moved)
    if rule.secondary:
        wrong += list(_unmoved(result, rule, moved))
    return wrong


def _shown_against_the_rule(result: Protected, rule: Rule) -> Iterator[int]:
    for member, state in zip(result.block.members, result.states, strict=True):
        for name in FIELDS if member.share else ("denominator",):
            if np.any(few(member, name, rule) & (state != State.UNPUBLISHED) & ~hides(state, name)):
                yield 1


def _faults(result: Protected, rule: Rule, found: Found) -> Iterator[str]:
    block = result.block
    tables = [(block.members, result.states, result.reasons)]
    if found.mode != ALONE:
        tables += [(past.members, past.states, past.reasons) for past in block.past]
    change = np.zeros(block.shape, np.int64)
    change.ravel()[found.move.places] = found.move.signs
    for place, total, parts in sums(block.axes):
        if np.any(change.take(total, place) != change.take(parts, place).sum(axis=place)):
            yield "does not add up"
    for members, states, reasons in tables:
        after = [
            Member(one.share, one.numerator + change * step[0], one.denominator + change * step[1], one.published)
            for one, step in zip(members, found.move.steps, strict=True)
        ]
        for one, other, state, reason in zip(members, after, states, reasons, strict=True):
            yield from _unseen(one, other, state, reason, rule, change != 0)
        if nested(block) and np.any((change != 0) & (after[1].denominator > after[0].denominator)):
            yield "a part above its whole"
    if found.mode == ALONE:
        yield from _tied(result, found, change)


def _unseen(one: Member, other: Member, state: States, reason: States, rule: Rule, moved: Flags) -> Iterator[str]:
    seen = state != State.UNPUBLISHED
    if np.any(moved & ((other.numerator < 0) | (other.denominator < other.numerator))):
        yield "below zero"
    if np.any(seen & ((one.denominator == 0) != (other.denominator == 0))):
        yield "a row comes or goes"
    for name in FIELDS:
        differs = counts_of(one, name) != counts_of(other, name)
        if np.any(differs & seen & ~hides(state, name)):
            yield f"a shown {name} differs"
    told = seen & (reason != Reason.NONE) & (reason != Reason.WITHHELD)
    before, after = (rule.hides(m.numerator, m.denominator, share=m.share) for m in (one, other))
    if np.any(told & (before != after)):
        yield "the reason would be another"


def _tied(result: Protected, found: Found, change: Counts) -> Iterator[str]:
    """A move of this release alone: only in fields that every earlier release has otherwise."""
    for past in result.block.past:
        for new, old, state, step in zip(result.block.members, past.members, past.states, found.move.steps,
                                         strict=True):  # fmt: skip
            for name in FIELDS:
                by = {"numerator": step[0], "denominator": step[1], "rest": step[1] - step[0]}[name]
                same = (counts_of(new, name) == counts_of(old, name)) & (state != State.UNPUBLISHED)
                if by and np.any(same & (change != 0)):
                    yield "an earlier release has the same figure"


def _mark(result: Protected, found: Found, moved: dict[Key, Flags]) -> None:
    tables = 1 if found.mode == ALONE else 1 + len(result.block.past)
    for member, (numerator, denominator) in enumerate(found.move.steps):
        changes = {"numerator": numerator, "denominator": denominator, "rest": denominator - numerator}
        for name in (name for name, by in changes.items() if by):
            for table in range(tables):
                marks = moved.setdefault((table, member, name), np.zeros(result.block.shape, np.bool_))
                marks.ravel()[found.move.places] = True


def _unmoved(result: Protected, rule: Rule, moved: dict[Key, Flags]) -> Iterator[str]:
    none = np.zeros(result.block.shape, np.bool_)
    public = 0
    for key, wanted in targets_of(result.block, rule).items():
        open_to_view = wanted & ~moved.get(key, none)
        if key[0] == 0:
            for past in result.block.past:
                own, old = result.block.members[key[1]], past.members[key[1]]
                seen = (past.states[key[1]] != State.UNPUBLISHED) & ~hides(past.states[key[1]], key[2])
                known = open_to_view & seen & (counts_of(own, key[2]) == counts_of(old, key[2]))
                public += int(known.sum())
                open_to_view &= ~known
        for place in np.argwhere(open_to_view):
            names = [axis.names[int(n)] for axis, n in zip(result.block.axes, place, strict=True)]
            yield f"{result.block.name}: {key[2]} of {', '.join(names)} can be worked out"
    if public > result.public:
        yield f"{result.block.name}: {public - result.public} more figures public than told"
