-- The cells of one cut.
insert into cells
select span, $PATHWAY, $BRANCH, $LEVEL, $UNIT, $STEP, month / $STEP * $STEP, count(*), sum((days <= most)::int),
  percentile_cont(array[0.5, 0.9]) within group (order by days)
from waits where $WHERE group by 1, 2, 3, 4, 5, 6, 7
