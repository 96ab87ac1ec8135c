-- Every figure, counted from the rules. Tables given: the definitions (definitions.py), `episodes` and `messages` as the
-- run wrote them, `registrations`, `patients` and `new_cancers` as they were read, `as_of` with one row (day).
-- Where a rule comes from stands beside it: D is docs/decisions, I the indicators' definitions in the catalogue.

-- Whole years between two days; who is born on 29 February has the birthday on 1 March in ordinary years.
create or replace macro whole_years(earlier, later) as
  year(later) - year(earlier)
  - case when month(later) * 100 + day(later) < month(earlier) * 100 + day(earlier) then 1 else 0 end;

-- Where an institution stands on a day: the catalogue's period, else the nearest one; who is unknown stands alone.
create or replace table stays as
with asked as (
  select distinct institution, day from (
    select start_institution as institution, start_date as day from episodes
    union all select institution, event_date from messages
    union all select institution, event_date from registrations
    union all select institution, first_contact_date from new_cancers)
  where day is not null),
ranked as (
  select a.institution, a.day, p.org_nr, p.hospital, p.trust, p.region,
    row_number() over (partition by a.institution, a.day
      order by greatest(0, p.valid_from - a.day, a.day - p.valid_to), p.valid_from) as n
  from asked a join places p on p.institution = a.institution)
select a.institution, a.day, coalesce(r.org_nr, a.institution) as org_nr,
  case when r.trust is null then a.institution else r.hospital end as hospital,
  coalesce(r.trust, a.institution) as trust, coalesce(r.region, '') as region
from asked a left join ranked r on r.institution = a.institution and r.day = a.day and r.n = 1;

-- Limits with the first day they no longer hold. The limit of an instance is the one in force on its start day (D 11).
create or replace table periods as
select prefix, span, kind, valid_from,
  coalesce(lead(valid_from) over (partition by prefix, span, kind order by valid_from), date '2999-01-01') as until,
  days
from limits;

create or replace table longest as
select e.prefix, e.start_date, p.span, max(p.days) as days
from (select distinct pathway as prefix, start_date from episodes) e
join periods p on p.prefix = e.prefix and e.start_date >= p.valid_from and e.start_date < p.until
group by all;

-- Instances with what is counted on them. Times from the dates, limits from the catalogue, the reason by D 8 and 9.
create or replace table instances as
with timed as (
  select row_number() over () as number, e.patient_id, e.pathway as prefix, w.pathway_key, w.organ_specific,
    w.to_decision, e.start_date, e.decision_date, e.treatment_date, e.end_date, e."end" as ended,
    coalesce(e.decision, '') as decision, coalesce(e.treatment, '') as treatment, e.postponed,
    e.first_attendance_date is not null as attended,
    e.first_attendance_date - e.start_date as of1, e.decision_date - e.first_attendance_date as of2,
    e.treatment_date - e.decision_date as of3, e.treatment_date - e.start_date as of4,
    e.decision_date - e.start_date as to_decision_days,
    case when p.sex::varchar in ('1', '2') then p.sex::varchar end as sex, whole_years(p.birth_date, e.start_date) as age,
    s.hospital, s.trust, s.region
  from episodes e
  join pathways w on w.prefix = e.pathway
  join stays s on s.institution = e.start_institution and s.day = e.start_date
  left join patients p on p.patient_id = e.patient_id),
limited as (
  select t.*, l1.days as of1_limit, l2.days as of2_limit,
    case when treatment <> '' then coalesce(l3.days,
      case when c.surveillance_without_limit_counts and treatment = 'O' then m3.days end) end as of3_limit,
    case when treatment <> '' then coalesce(l4.days,
      case when c.surveillance_without_limit_counts and treatment = 'O' then m4.days end) end as of4_limit,
    c.include_postponed
  from timed t cross join settings c
  left join periods l1 on l1.prefix = t.prefix and l1.span = 'OF1' and start_date >= l1.valid_from and start_date < l1.until
  left join periods l2 on l2.prefix = t.prefix and l2.span = 'OF2' and start_date >= l2.valid_from and start_date < l2.until
  left join periods l3 on l3.prefix = t.prefix and l3.span = 'OF3' and l3.kind = treatment
    and start_date >= l3.valid_from and start_date < l3.until
  left join periods l4 on l4.prefix = t.prefix and l4.span = 'OF4' and l4.kind = treatment
    and start_date >= l4.valid_from and start_date < l4.until
  left join longest m3 on m3.prefix = t.prefix and m3.start_date = t.start_date and m3.span = 'OF3'
  left join longest m4 on m4.prefix = t.prefix and m4.start_date = t.start_date and m4.span = 'OF4')
select *,
  case when to_decision then to_decision_days else of4 end as share,
  case when to_decision then of1_limit + of2_limit else of4_limit end as share_limit,
  -- ended by treatment, and not out because the patient postponed it
  ended is not null and treatment_date is not null and (include_postponed or not postponed) as treated_in_time_figures,
  case when ended is null then 'open'
    when ended = 'R' then 'closed_by_rule'
    when (case when to_decision then decision_date else treatment_date end) is null then 'not_treated'
    when (case when to_decision then of1_limit + of2_limit else of4_limit end) is null then 'no_limit'
    when postponed and not include_postponed then 'postponed'
    when (case when to_decision then to_decision_days else of4 end) < 0 then 'negative'
    else 'counts' end as reason
from limited;

-- What is counted, one row for each thing counted: `hit` and, where a time is told, `days`.
create or replace table facts as
with spans as (
  -- OF1 and OF2: every ended instance with both points, whatever its end (D 8); a negative time is none (I).
  select 'of1_days' as indicator, false as by_branch, of1 as days, of1_limit as most, * from instances
    where ended is not null and of1 >= 0
  union all select 'of2_days', false, of2, of2_limit, * from instances where ended is not null and of2 >= 0
  -- OF3 and OF4: ended by a treatment of a kind that has a limit, not postponed (D 8).
  union all select 'of3_days', true, of3, of3_limit, * from instances
    where treated_in_time_figures and of3_limit is not null and of3 >= 0
  union all select 'of4_days', true, of4, of4_limit, * from instances
    where treated_in_time_figures and of4_limit is not null and of4 >= 0
  union all select 'of4_share', true, share, share_limit, * from instances where reason = 'counts')
select indicator, case when by_branch and treatment in ('K', 'M', 'S', 'O') then treatment end as branch,
  null::varchar as kind, pathway_key, organ_specific, end_date as day, coalesce((days <= most)::int, 0) as hit, days::int as days,
  true as has_denominator, sex, age_group, hospital, trust, region
from spans left join age_groups g on age >= g.low and age < g.high;

insert into facts
with counted as (
  select 'pathways_started' as indicator, null as kind, start_date as counted_on, 1 as hit, false as share, *
    from instances
  union all select 'pathways_decided', decision, decision_date, 1, false, * from instances
    where decision_date is not null
  union all select 'pathways_completed', ended, end_date, 1, false, * from instances where ended is not null
  union all select 'pathways_postponed', null, end_date, 1, false, * from instances
    where ended is not null and postponed
  union all select 'pathways_open', b.band, a.day, 1, false, i.* from instances i cross join as_of a
    join bands b on a.day - start_date between b.low and b.high where ended is null
  -- Ended by a code that asks for an attendance before it.
  union all select 'missing_first_attendance', null, end_date, (not attended)::int, true, i.* from instances i
    join asks_attendance q on q.prefix = i.prefix and q.suffix = i.ended
  union all select 'missing_decision', null, end_date, (decision_date is null)::int, true, * from instances
    where ended is not null and treatment_date is not null
  -- Decided on treatment so long ago that it should have begun, and neither begun nor ended.
  union all select 'missing_treatment', null, decision_date, (ended is null)::int, true, i.*
    from instances i cross join settings c cross join as_of a
    where decision_date + c.missing_treatment_after_days <= a.day
      and not exists (select 1 from closing_decisions d where d.prefix = i.prefix and d.kind = i.decision))
select indicator, null, kind, pathway_key, organ_specific, counted_on, hit, null, share, null, null, hospital, trust, region
from counted;

-- New patients (D 12): under 18 the children's pathway before any group; a row of the same group within five years
-- before makes one not new, of rows of one day the lowest organisation number stands (D 8); counted from the pathway's first day to the last that the share is told for.
insert into facts
with diagnoses as (
  select row_number() over () as number, n.patient_id, n.first_contact_date as day, n.institution, p.birth_date,
    upper(replace(trim(n.icd10), '.', '')) as icd10
  from new_cancers n left join patients p on p.patient_id = n.patient_id cross join as_of a
  where n.first_contact_date <= a.day),
closest as (
  select d.number, arg_max(g.prefix, length(g.begins)) as prefix
  from diagnoses d join groups g on starts_with(d.icd10, g.begins) group by d.number),
grouped as (
  select d.number, d.patient_id, d.day, d.institution, s.org_nr,
    case when whole_years(d.birth_date, d.day) < w.below_age then w.prefix else c.prefix end as prefix
  from diagnoses d join stays s on s.institution = d.institution and s.day = d.day
  left join closest c on c.number = d.number
  cross join (select prefix, below_age from pathways where below_age is not null) w),
fresh as (
  select g.* from grouped g join pathways w on w.prefix = g.prefix
  where w.inclusion and g.day between w.introduced and w.inclusion_until
    and not exists (
      select 1 from grouped o cross join settings c
      where o.patient_id = g.patient_id and o.prefix = g.prefix
        and (o.day, o.org_nr, o.number) < (g.day, g.org_nr, g.number)
        and whole_years(o.day, g.day) < c.new_after_years)),
joined as (
  select f.number, f.prefix, f.day, f.institution, arg_min(i.number, i.start_date) as start_number
  from fresh f cross join settings c
  left join instances i on i.patient_id = f.patient_id and i.prefix = f.prefix
    and i.start_date between f.day - c.days_before::int and f.day + c.days_after::int
  group by all)
select 'inclusion_share', null, null, w.pathway_key, w.organ_specific, j.day, (j.start_number is not null)::int, null,
  true, null, null,
  -- the starting trust of who is in a pathway, the trust of the first contact of who is not (I)
  case when i.number is null then s.hospital else i.hospital end, coalesce(i.trust, s.trust), coalesce(i.region, s.region)
from joined j
join pathways w on w.prefix = j.prefix
join stays s on s.institution = j.institution and s.day = j.day
left join instances i on i.number = j.start_number;

-- Registrations as they were known on the day: the last version of each id, withdrawn ones gone (D 1, 7).
create or replace table known as
with read as (
  -- what was known on the day: registered by then, and no date that cannot be (a withdrawal's date says nothing)
  select r.*, row_number() over () as number from registrations r cross join as_of a cross join settings c
  where coalesce(registered_at, timestamp '1900-01-01') < a.day + interval 1 day
    and (code = '' or event_date is null or event_date between c.first_day and a.day)),
last as (
  select *, row_number() over (
    partition by case when registration_id is null then number::varchar else 'id ' || registration_id end
    order by registered_at desc nulls last, code desc, event_date desc nulls last, institution desc) as version
  from read)
select r.*, coalesce(w.pathway_key, '') as pathway_key, coalesce(w.organ_specific, false) as organ_specific,
  s.hospital, s.trust, s.region
from last r
left join pathways w on w.prefix = left(r.code, 3)
join stays s on s.institution = r.institution and s.day = r.event_date
where version = 1 and r.code <> '' and r.code <> 'WMFG11' and not regexp_matches(r.code, '^D[0-9][0-9]');

insert into facts
select 'registration_delay_days', null, null, pathway_key, organ_specific, event_date,
  ((registered_at::date - event_date) <= c.registered_within_days)::int, registered_at::date - event_date, true,
  null, null, null, trust, region
from known cross join settings c
where registered_at::date >= event_date;

insert into facts
select 'messages', null, m.message::varchar, coalesce(w.pathway_key, ''), coalesce(w.organ_specific, false),
  m.event_date, 1, null, true, null, null, null, s.trust, s.region
from messages m left join pathways w on w.prefix = m.pathway
join stays s on s.institution = m.institution and s.day = m.event_date;

-- Which cells there are.
create or replace table grid as
with periods(period_type) as (values ('month'), ('tertial'), ('year')),
levels(level) as (values ('national'), ('RHF'), ('HF'), ('hospital')),
-- month by trust and up, hospital by tertial; sex and age by year (the interface)
plain as (select level, period_type from levels, periods where level <> 'hospital' or period_type <> 'month'),
broad as (select * from plain where level <> 'hospital')
select indicator, level, period_type, 'plain' as cut from plain, (select unnest([
  'of1_days', 'of2_days', 'of3_days', 'of4_days', 'of4_share', 'pathways_started', 'pathways_decided',
  'pathways_completed', 'pathways_postponed', 'missing_first_attendance', 'missing_decision', 'missing_treatment',
  'inclusion_share']) as indicator)
union all select 'registration_delay_days', level, period_type, 'plain' from broad
union all select indicator, level, period_type, 'kind' from broad, (select unnest(['pathways_decided',
  'pathways_completed', 'messages']) as indicator) where level = 'national' or period_type <> 'month'
union all select 'pathways_open', level, period_type, cut from broad, (select unnest(['plain', 'kind']) as cut)
  where period_type = 'month'
union all select indicator, level, period_type, 'branch' from plain,
  (select unnest(['of3_days', 'of4_days', 'of4_share']) as indicator)
union all select indicator, level, period_type, cut from broad, (select unnest(
  ['of1_days', 'of2_days', 'of3_days', 'of4_days', 'of4_share']) as indicator),
  (select unnest(['sex', 'age', 'sex and age']) as cut) where period_type = 'year';

create or replace macro period_start(period_type, day) as
  case period_type when 'month' then date_trunc('month', day)::date
    when 'tertial' then make_date(year(day), (month(day) - 1) // 4 * 4 + 1, 1)
    else make_date(year(day), 1, 1) end;
create or replace macro period_end(period_type, first) as
  (first + case period_type when 'month' then interval 1 month when 'tertial' then interval 4 month
    else interval 1 year end)::date - 1;

-- Each fact once for every cell it belongs to, then counted.
create or replace table cells as
with placed as (
  select f.indicator, g.level, g.period_type, period_start(g.period_type, f.day) as period_from,
    case when g.cut = 'branch' then f.branch else 'all' end as branch,
    case when g.cut = 'kind' then f.kind else '' end as kind,
    case when g.cut in ('sex', 'sex and age') then f.sex else '' end as sex,
    case when g.cut in ('age', 'sex and age') then f.age_group else '' end as age_group,
    case g.level when 'national' then c.org_nr when 'RHF' then f.region when 'HF' then f.trust else f.hospital end as org_nr,
    unnest(case when f.organ_specific then [f.pathway_key, 'all_organ_specific'] else [f.pathway_key] end) as pathway_key,
    f.hit, f.days, f.has_denominator
  from facts f cross join country c join grid g on g.indicator = f.indicator
  where f.day <= (select day from as_of))
select indicator, branch, kind, pathway_key, level, org_nr, period_type, period_from, sex, age_group,
  sum(hit) as numerator, case when bool_and(has_denominator) then count(*) end as denominator,
  quantile_cont(days, 0.5) as median_days, quantile_cont(days, 0.9) as p90_days
from placed
where org_nr is not null and branch is not null and kind is not null and sex is not null and age_group is not null
group by all;

-- Messages stand over the registrations of their cell.
create or replace table registered as
with placed as (
  select l.level, t.period_type, period_start(t.period_type, k.event_date) as period_from,
    case l.level when 'national' then c.org_nr when 'RHF' then k.region else k.trust end as org_nr,
    unnest(case when organ_specific then [pathway_key, 'all_organ_specific'] else [pathway_key] end) as pathway_key
  from known k cross join country c, (values ('national'), ('RHF'), ('HF')) l(level),
    (values ('month'), ('tertial'), ('year')) t(period_type))
select level, period_type, period_from, org_nr, pathway_key, count(*) as n from placed group by all;

update cells set denominator = coalesce((
  select r.n from registered r
  where r.level = cells.level and r.period_type = cells.period_type and r.period_from = cells.period_from
    and r.org_nr = cells.org_nr and r.pathway_key = cells.pathway_key), 0)
where indicator = 'messages';

-- The printed line: the percentage of the exact fraction, Wilson's 95 % interval (z = 1.959963984540054).
create or replace table recount as
with shares as (
  select c.*, l.label, numerator / nullif(denominator, 0) as p, nullif(denominator, 0)::double as n,
    1.959963984540054::double as z
  from cells c join labels l on l.indicator = c.indicator)
select s.indicator, s.label, s.branch, s.kind, s.pathway_key, s.level as unit_level,
  coalesce(u.unit_name, case when s.level = 'RHF' then 'Ukjent region' else s.org_nr end) as unit_name, s.org_nr,
  s.period_type, s.period_from, period_end(s.period_type, s.period_from) as period_to, s.sex, s.age_group,
  s.numerator::bigint as numerator, s.denominator::bigint as denominator, 100 * p as percent, s.median_days, s.p90_days,
  100 * case when n > 0 then greatest(0, (p + z * z / (2 * n) - z * sqrt(greatest(0, p * (1 - p) / n + z * z / (4 * n * n)))) / (1 + z * z / n)) end as ci_low,
  100 * case when n > 0 then least(1, (p + z * z / (2 * n) + z * sqrt(greatest(0, p * (1 - p) / n + z * z / (4 * n * n)))) / (1 + z * z / n)) end as ci_high,
  case when s.denominator = 0 then 'empty_denominator' else 'ok' end as status
from shares s left join units u on u.level = s.level and u.org_nr = s.org_nr;
