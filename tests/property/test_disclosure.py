"""No released table lets a hidden figure be worked out: an attacker with a solver, and all tables counted one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.blocks import UNITS, attack_on, axes_of, leaf_shape, member, past_of
from pakkeforlop.publication.disclosure.axes import Axis, flat, single
from pakkeforlop.publication.disclosure.block import Block, Member, Reason, State, nested
from pakkeforlop.publication.disclosure.protect import Protected, protect
from pakkeforlop.publication.disclosure.rule import Rule
from pakkeforlop.publication.disclosure.verify import unprotected
from pakkeforlop.publication.release.internal import Kept, past_on

RULE = Rule()
SHAPES = [axes_of(3), axes_of(2, 2), axes_of(2, 2, 2), (UNITS, *axes_of(2, 0, 0)[1:], single("z"))[:4], axes_of(3, 3)]
COUNT = st.one_of(st.integers(0, 7), st.integers(0, 40))


def few_fields(one: Member) -> list[tuple[tuple[int, ...], str]]:
    """What the rule protects, written out anew: (place, field)."""
    found = []
    for place in itertools.product(*[range(n) for n in one.denominator.shape]):
        n, d = int(one.numerator[place]), int(one.denominator[place])
        if one.share:
            found += [(place, "denominator")] * (1 <= d < 5) + [(place, "numerator")] * (1 <= n < 3)
            found += [(place, "rest")] * (1 <= d - n < 3)
        else:
            found += [(place, "denominator")] * (1 <= d < 3)
    return found


def shown_earlier(result: Protected, number: int, place: tuple[int, ...], name: str) -> bool:
    """Is the same count shown by an earlier release, so that nothing can hide it?"""
    for past in result.block.past:
        state = past.states[number][place]
        old, new = past.members[number], result.block.members[number]
        same = old.denominator[place] == new.denominator[place] and old.numerator[place] == new.numerator[place]
        if (
            (same
            and state == State.SHOWN)
            or (name == "denominator" and state == State.PART and old.denominator[place] == new.denominator[place])
        ):
            return True
    return False


def attacked(result: Protected) -> None:
    """The attacker finds at least two values for every protected field of every release."""
    assert unprotected(result, RULE) == []
    if result.withheld:
        assert all(np.all(state == State.UNPUBLISHED) for state in result.states)
        return
    attack = attack_on(result, nested=nested(result.block))
    tables = [(result.block.members, result.states), *((past.members, past.states) for past in result.block.past)]
    for release, (members, states) in enumerate(tables):
        for number, one in enumerate(members):
            for place, name in few_fields(one):
                if states[number][place] == State.UNPUBLISHED or (
                    release == 0 and shown_earlier(result, number, place, name)
                ):
                    continue
                assert attack.two_values(release, number, place, name), (release, number, place, name)


@st.composite
def members(draw, axes, *, share=None):
    size = int(np.prod(leaf_shape(axes)))
    n = draw(st.lists(COUNT, min_size=size, max_size=size))
    c = draw(st.lists(COUNT, min_size=size, max_size=size))
    return member(axes, n, c, share=draw(st.booleans()) if share is None else share)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_one_release_gives_nothing_away(data):
    axes = data.draw(st.sampled_from(SHAPES))
    attacked(protect(Block("b", axes, [data.draw(members(axes))]), RULE))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_unpublished_parts_are_not_needed(data):
    """A table of which some parts are not released."""
    axes = data.draw(st.sampled_from(SHAPES[1:3]))
    one = data.draw(members(axes))
    one.published[:, data.draw(st.integers(1, 2))] = False
    attacked(protect(Block("b", axes, [one]), RULE))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_part_of_the_persons_beside_the_whole(data):
    """Two indicators of which one counts some of the persons of the other."""
    axes = data.draw(st.sampled_from(SHAPES[:2]))
    inner = data.draw(members(axes, share=True))
    more = data.draw(members(axes, share=True))
    outer = Member(True, inner.numerator + more.numerator, inner.denominator + more.denominator, inner.published.copy())
    attacked(protect(Block("b", axes, [outer, inner]), RULE))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_later_release_gives_nothing_away_of_either(data):
    """Some figures are revised between two releases; a third one may follow."""
    axes = data.draw(st.sampled_from(SHAPES[:3]))
    size = int(np.prod(leaf_shape(axes)))
    n = np.array(data.draw(st.lists(COUNT, min_size=size, max_size=size)))
    c = np.array(data.draw(st.lists(COUNT, min_size=size, max_size=size)))
    past = []
    for _ in range(data.draw(st.integers(2, 3))):
        result = protect(Block("b", axes, [member(axes, n, c)], past), RULE)
        attacked(result)
        past = [*past, past_of(result)]
        at = data.draw(st.lists(st.integers(0, size - 1), max_size=2))
        n, c = n.copy(), c.copy()
        n[at] += data.draw(st.integers(0, 2))
        c[at] = np.maximum(0, c[at] + data.draw(st.integers(-1, 1)))


def readings(result: Protected, most: int) -> np.ndarray:
    """Every table of leaves from 0 to `most` that fits what is shown, counted one by one (plain counts, one axis)."""
    (state,), (reason,), (one,) = result.states, result.reasons, result.block.members
    state, reason, truth = state.ravel(), reason.ravel(), one.denominator.ravel()
    leaves = np.array(list(itertools.product(range(most + 1), repeat=len(truth) - 1)))
    tables = np.column_stack([leaves.sum(axis=1), leaves])
    told = state != State.UNPUBLISHED  # of the rest it is not told whether there is anyone
    fits = (state != State.SHOWN) | (tables == truth)
    fits &= ((tables == 0) == (truth == 0)) | ~told
    few = (tables >= 1) & (tables < 3)
    untrue = (reason == Reason.PRIMARY) & ~few | (reason == Reason.SECONDARY) & few
    return tables[np.all(fits & ~untrue, axis=1)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_counted_one_by_one_every_hidden_count_has_two_values(counts):
    """No solver: all tables are written out; also what is hidden to protect another has two values."""
    axes = axes_of(len(counts))
    result = protect(Block("b", axes, [member(axes, counts, [0] * len(counts), share=False)]), RULE)
    tables = readings(result, max(counts) + 2)
    hidden = (result.states[0].ravel() != State.SHOWN) & (result.block.members[0].denominator.ravel() > 0)
    assert all(len(np.unique(tables[:, place])) > 1 for place in np.flatnonzero(hidden))


@pytest.mark.parametrize("secondary", [True, False])
def test_the_attacker_is_no_straw_man(secondary):
    """Without secondary suppression the attacker recovers the one hidden trust; with it, nothing."""
    axes = axes_of(3)
    result = protect(Block("b", axes, [member(axes, [2, 10, 20], [0, 0, 0], share=False)]), Rule(secondary=secondary))
    attack = attack_on(result)
    low, high = attack.range_of(0, 0, (1, 0, 0, 0), "denominator")
    assert (low < high) is secondary
    assert attack.two_values(0, 0, (1, 0, 0, 0), "denominator") is secondary
    assert bool(unprotected(result, RULE)) is not secondary


PERIODS = ("2021T1", "2021T2", "2021T3")


def year_so_far(tertials: int, n: np.ndarray, c: np.ndarray, yearly_only: int, past: list[Kept]) -> Block:
    """Units over periods over pathways, of the first tertials of a year; whole with the third.

    The last `yearly_only` pathways are published by year alone.
    """
    names = PERIODS[:tertials]
    periods = Axis(("2021", *names), (-1, *[0] * 3)) if tertials == 3 else Axis(names, (-1,) * tertials)
    axes = (UNITS, periods, single("all"), flat(["p0", "p1", "p2"], "total"))
    one = member(axes, n[:, :tertials], c[:, :tertials])
    for pathway in range(4 - yearly_only, 4):
        one.published[:, [at for at, name in enumerate(periods.names) if len(name) > 4], :, pathway] = False
    block = Block("times 2021", axes, [one], whole=tertials == 3)
    block.past = [found for kept in past if (found := past_on(block, kept))]
    return block


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_year_after_its_own_tertials_gives_nothing_away(data):
    """First one tertial, then two, then the year; some pathways by year alone."""
    yearly_only = data.draw(st.integers(0, 2))
    n, c = (np.array(data.draw(st.lists(COUNT, min_size=36, max_size=36))).reshape(4, 3, 1, 3) for _ in range(2))
    past: list[Kept] = []
    for tertials in (1, 2, 3):
        result = protect(year_so_far(tertials, n, c, yearly_only, past), RULE)
        attacked(result)
        assert not result.withheld or past
        past.append(Kept(f"to{tertials}", {"times 2021": result}, {}))


def test_what_cannot_be_hidden_beside_earlier_releases_is_taken_out_alone():
    """Forty sparse years after their tertials: single figures are left out, and hardly ever a whole family."""
    rng = np.random.default_rng(8)
    left_out, shown, withheld = 0, 0, 0
    for _ in range(40):
        n, c = (rng.choice([0, 0, 0, 1, 2, 9, 14], 36).reshape(4, 3, 1, 3) for _ in range(2))
        past: list[Kept] = []
        for tertials in (1, 2, 3):
            result = protect(year_so_far(tertials, n, c, 2, past), RULE)
            assert unprotected(result, RULE) == []
            withheld += result.withheld
            past.append(Kept(f"to{tertials}", {"times 2021": result}, {}))
        if result.withheld:
            continue
        gone = (result.states[0] == State.UNPUBLISHED) & result.block.members[0].published
        left_out += int(gone.sum())
        shown += int((result.states[0] == State.SHOWN).sum())
        assert np.all(result.reasons[0][gone] == Reason.WITHHELD)
    assert left_out < shown / 10
    assert withheld <= 2
