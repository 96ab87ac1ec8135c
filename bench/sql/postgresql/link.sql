-- Aggregate first, as in DuckDB: only patients with a start after the first code that closes are sorted.
drop table if exists grouped;
create unlogged table grouped as
select patient_id, pw, min(k) filter (where pt = 1) as a, max(k) filter (where pt = 1) as last_a,
  min(k) filter (where closes = 1) as e, min(k) filter (where pt = 2) as s, min(k) filter (where pt = 4) as c,
  min(k::bigint * 16 + kind) filter (where pt = 5) as f, count(*) filter (where pt = 1) as starts
from reg group by patient_id, pw;
analyze grouped;
drop table if exists episode;
create unlogged table episode as
with many as (
  select r.* from reg r join (select patient_id, pw from grouped where e is not null and last_a > e) g using (patient_id, pw)),
state as (
  select *, max(case when pt = 1 or closes = 1 then k end) over (partition by patient_id, pw order by k
    rows between unbounded preceding and 1 preceding) as m from many),
numbered as (
  select *, sum((pt = 1 and (m is null or m % 2 = 1))::int) over (partition by patient_id, pw order by k
    rows between unbounded preceding and current row) as ep from state)
select patient_id, pw, a, s, c, f, e, starts from grouped where e is null or last_a < e
union all
select patient_id, pw, min(k) filter (where pt = 1), min(k) filter (where pt = 2), min(k) filter (where pt = 4),
  min(k::bigint * 16 + kind) filter (where pt = 5), min(k) filter (where closes = 1), count(*) filter (where pt = 1)
from numbered group by patient_id, pw, ep;
analyze episode
