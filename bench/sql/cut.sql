-- The cells of one cut: one query each, which is faster here than all cuts as grouping sets of one.
insert into cells
select span, $PATHWAY as pathway, $BRANCH as branch, $LEVEL as level, $UNIT as unit, $STEP as step,
  month // $STEP * $STEP as period, count(*), sum((days <= most)::int), quantile_cont(days, [0.5, 0.9])
from waits where $WHERE group by all;
