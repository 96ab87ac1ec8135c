-- Windows: the last start or closing code before each row is the state; a start opens when there is none or it closed.
create or replace temp table episode as
with state as (
  select *, max(case when pt = 1 or closes = 1 then k end) over (partition by patient_id, pw order by k
    rows between unbounded preceding and 1 preceding) as m from reg),
numbered as (
  select *, sum((pt = 1 and (m is null or m % 2 = 1))::int) over (partition by patient_id, pw order by k
    rows between unbounded preceding and current row) as ep from state)
select patient_id, pw, min(k) filter (pt = 1) as a, min(k) filter (pt = 2) as s, min(k) filter (pt = 4) as c,
  min(k::bigint * 16 + kind) filter (pt = 5) as f, min(k) filter (closes = 1) as e, count(*) filter (pt = 1) as starts
from numbered group by patient_id, pw, ep;
