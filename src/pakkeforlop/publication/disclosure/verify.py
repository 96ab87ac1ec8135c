"""The proof checked without the search: every move fits all that is shown, and every protected field is moved.

A move's changes are added to the counts, and everything a reader knows is asked again: sums, zeros, figures shown, and
that the reason given beside each hidden figure is still the right one. Exact whole numbers throughout.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from pakkeforlop.publication.disclosure.block import Block, Member, Reason, State, States, nested
from pakkeforlop.publication.disclosure.protect import FIELDS, Key, Protected, few, hides, targets_of
from pakkeforlop.publication.disclosure.rule import Flags, Rule
from pakkeforlop.publication.disclosure.search import ALONE, Found, Places, counts_of


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
    block, at = result.block, found.move.places
    tables = [(block.members, result.states, result.reasons)]
    if found.mode != ALONE:
        tables += [(past.members, past.states, past.reasons) for past in block.past]
    if not _adds_up(block, found):
        yield "does not add up"
    inside = nested(block)
    for members, states, reasons in tables:
        before = [_cut(one, at) for one in members]
        after = [
            Member(one.share, one.numerator + found.move.signs * step[0], one.denominator + found.move.signs * step[1],
                   one.published)
            for one, step in zip(before, found.move.steps, strict=True)
        ]  # fmt: skip
        for one, other, state, reason in zip(before, after, states, reasons, strict=True):
            yield from _unseen(one, other, state.ravel()[at], reason.ravel()[at], rule)
        odd = np.logical_or.reduce([one.odd for one in before])
        if inside and np.any(~odd & (after[1].denominator > after[0].denominator)):
            yield "a part above its whole"
    if found.mode == ALONE:
        yield from _tied(result, found)


def _cut(member: Member, at: Places) -> Member:
    """Some figures of a member."""
    return Member(
        member.share, member.numerator.ravel()[at], member.denominator.ravel()[at], member.published.ravel()[at]
    )


def _adds_up(block: Block, found: Found) -> bool:
    """Is every change the sum of those below it? Figures that are not touched change by none."""
    coordinates = [nodes.tolist() for nodes in np.unravel_index(found.move.places, block.shape)]
    change = dict(zip(zip(*coordinates, strict=True), found.move.signs.tolist(), strict=True))
    if len(change) != len(found.move.places):
        return False
    for place, axis in enumerate(block.axes):
        below: dict[tuple[int, ...], int] = defaultdict(int)
        for touched, by in change.items():
            if (total := axis.above[touched[place]]) >= 0:
                below[*touched[:place], total, *touched[place + 1 :]] += by
        if any(axis.parts[touched[place]] and touched not in below for touched in change):
            return False
        if any(change.get(total, 0) != by for total, by in below.items()):
            return False
    return True


def _unseen(one: Member, other: Member, state: States, reason: States, rule: Rule) -> Iterator[str]:
    """What a reader would see of a move, in the figures that it touches."""
    asked = ~one.odd
    seen = state != State.UNPUBLISHED
    if np.any(asked & ((other.numerator < 0) | (other.denominator < other.numerator))):
        yield "below zero"
    if np.any(asked & seen & ((one.denominator == 0) != (other.denominator == 0))):
        yield "a row comes or goes"
    for name in FIELDS:
        differs = counts_of(one, name) != counts_of(other, name)
        if np.any(differs & seen & ~hides(state, name)):
            yield f"a shown {name} differs"
    told = asked & seen & (reason != Reason.NONE) & (reason != Reason.WITHHELD)
    before, after = (rule.hides(m.numerator, m.denominator, share=m.share) for m in (one, other))
    if np.any(told & (before != after)):
        yield "the reason would be another"


def _tied(result: Protected, found: Found) -> Iterator[str]:
    """A move of this release alone: only in fields that every earlier release has otherwise."""
    at = found.move.places
    for past in result.block.past:
        for new, old, state, step in zip(result.block.members, past.members, past.states, found.move.steps,
                                         strict=True):  # fmt: skip
            mine, theirs, shown = _cut(new, at), _cut(old, at), state.ravel()[at] != State.UNPUBLISHED
            for name in FIELDS:
                by = {"numerator": step[0], "denominator": step[1], "rest": step[1] - step[0]}[name]
                if by and np.any((counts_of(mine, name) == counts_of(theirs, name)) & shown):
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
