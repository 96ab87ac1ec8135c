"""Labels that would meet move to the next place or lane."""

from pakkeforlop.charts.stagger import Placed, Wanted, depth, stagger


def test_labels_with_room_all_stand_in_the_first_lane_at_their_point():
    placed = stagger([Wanted(0, 50), Wanted(100, 50)], low=0, high=300)
    assert placed == [Placed(0, 0), Placed(100, 0)]


def test_a_label_that_would_meet_the_one_before_moves_to_the_next_lane():
    # The first fills 0-50. At 40 it could start (40), be centred (15) or end (-10, out of bounds): all meet it.
    assert stagger([Wanted(0, 50), Wanted(40, 50)], low=0, high=300) == [Placed(0, 0), Placed(40, 1)]


def test_a_label_is_centred_before_it_leaves_its_lane():
    # Starting at 90 it would pass 120; centred it fills 65-115.
    assert stagger([Wanted(90, 50)], low=0, high=120) == [Placed(65, 0)]


def test_a_label_at_the_right_edge_ends_at_its_point():
    assert stagger([Wanted(100, 50)], low=0, high=104) == [Placed(50, 0)]


def test_what_is_taken_in_the_first_lane_is_kept_free():
    assert stagger([Wanted(100, 50)], low=90, high=300, taken=[(120, 200)]) == [Placed(100, 1)]


def test_no_lane_left_gives_no_place():
    assert stagger([Wanted(0, 50)] * 3, low=0, high=50, lanes=2) == [Placed(0, 0), Placed(0, 1), None]


def test_forty_points_on_one_spot_never_overlap():
    placed = stagger([Wanted(10 * n, 45) for n in range(40)], low=0, high=600, lanes=8)
    there = [(one.lane, one.left) for one in placed if one is not None]
    assert len(there) == 40
    for lane, left in there:
        assert all(other == (lane, left) or other[0] != lane or abs(other[1] - left) >= 45 + 8 for other in there)


def test_depth_is_the_number_of_lanes_in_use():
    assert depth([]) == 1
    assert depth([Placed(0, 0), None, Placed(0, 2)]) == 3
