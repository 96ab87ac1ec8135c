-- Episodes with days, times and the limits in force on the start day; one still open when its pathway was taken out of use
-- has ended by rule on that day. OF1 and OF2 of every ended one, OF3 and OF4 where the kind of treatment has a limit.
create or replace temp table measured as
select e.patient_id, e.pw, e.starts, (a // 2) % 256 as place, a // 32768 as a, s // 32768 as s, c // 32768 as c, f // 524288 as f,
  (f % 16)::int as kind, e is null as unended,
  case when e is not null then e // 32768 when w.closed < (select max(k) // 32768 from reg) then w.closed end as e
from episode e join pathways w on w.pw = e.pw;
create or replace temp table waits as
with spans as (
  select pw, place, a, e, 0 as kind, 1 as span, s - a as days from measured where e is not null and s >= a
  union all select pw, place, a, e, 0, 2, c - s from measured where e is not null and c >= s
  union all select pw, place, a, e, kind, 3, f - c from measured where f >= c
  union all select pw, place, a, e, kind, 4, f - a from measured where f is not null)
select t.pw, w.organ, p.region, p.trust, t.place, t.span, (year(d) * 12 + month(d) - 1)::int as month,
  case t.kind $BRANCH else 0 end as branch, t.days, l.days as most
from (select *, date '1970-01-01' + e::int as d from spans) t
join limits l on l.pw = t.pw and l.span = t.span and l.kind = t.kind and t.a >= l.since and t.a < l.until
join pathways w on w.pw = t.pw join places p on p.place = t.place;
