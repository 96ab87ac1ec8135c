-- Episodes with days, and the times that are counted with the limits in force on the start day, as in DuckDB.
drop table if exists measured;
create unlogged table measured as
select e.pw, e.starts, (a / 2) % 256 as place, a / 32768 as a, s / 32768 as s, c / 32768 as c, (f / 524288)::int as f,
  (f % 16)::int as kind, e is null as unended,
  case when e is not null then e / 32768 when w.closed < (select max(k) / 32768 from reg) then w.closed end as e
from episode e join pathways w on w.pw = e.pw;
drop table if exists waits;
create unlogged table waits as
with spans as (
  select pw, place, a, e, 0 as kind, 1 as span, s - a as days from measured where e is not null and s >= a
  union all select pw, place, a, e, 0, 2, c - s from measured where e is not null and c >= s
  union all select pw, place, a, e, kind, 3, f - c from measured where f >= c
  union all select pw, place, a, e, kind, 4, f - a from measured where f is not null)
select t.pw, w.organ, p.region, p.trust, t.place, t.span,
  (extract(year from d) * 12 + extract(month from d) - 1)::int as month,
  case t.kind $BRANCH else 0 end as branch, t.days, l.days as most
from (select *, date '1970-01-01' + e as d from spans) t
join limits l on l.pw = t.pw and l.span = t.span and l.kind = t.kind and t.a >= l.since and t.a < l.until
join pathways w on w.pw = t.pw join places p on p.place = t.place;
analyze waits;
truncate cells
