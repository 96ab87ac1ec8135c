-- The rule book in SQL: a second judge of linking and times, for DuckDB and for PostgreSQL, the same text.
--
-- Written from the rule book (docs/reference/rule-book.md) and the list of messages, not from the engine. Tables given:
--   given(row_no, patient_id, code, day, institution, registration_id)   the registrations as they are known
--   people(patient_id, born)                                              the file of patients, if there is one
--   asked(as_of, people_given, stale_days)                                one row
--   limits(prefix, span, kind, valid_from, days)                          from the catalogue's files
--   numbers(institution, number), belongs(number, first_day, last_day, trust, seq)   places, from the catalogue's files
-- Tables made: episodes and messages. A statement ends with a semicolon at the end of a line.

-- 1. What the code lists say -----------------------------------------------------------------------------------------

create temporary table prefixes as
select prefix, cast(first_day as date) as first_day, cast(last_day as date) as last_day, too_early
from (values
  ('A01', '2015-01-01', null, 115), ('A12', '2015-01-01', null, 115), ('A16', '2015-01-01', null, 115),
  ('A26', '2015-01-01', null, 115), ('A02', '2015-05-01', null, 115), ('A06', '2015-05-01', null, 115),
  ('A14', '2015-05-01', null, 115), ('A15', '2015-05-01', null, 115), ('A18', '2015-05-01', null, 115),
  ('A20', '2015-05-01', null, 115), ('A21', '2015-05-01', null, 115), ('A22', '2015-05-01', null, 115),
  ('A32', '2015-05-01', null, 115), ('A03', '2015-09-01', '2021-04-30', 115), ('A04', '2015-09-01', null, 115),
  ('A05', '2015-09-01', '2021-04-30', 115), ('A07', '2015-09-01', null, 115), ('A17', '2015-09-01', null, 115),
  ('A23', '2015-09-01', null, 115), ('A30', '2015-09-01', null, 115), ('A34', '2015-09-01', null, 115),
  ('A36', '2015-09-01', null, 115), ('A37', '2015-09-01', null, 115), ('A38', '2015-09-01', null, 115),
  ('A39', '2015-09-01', null, 115), ('A40', '2015-09-01', null, 115), ('B01', '2015-09-01', null, 103),
  ('C01', '2015-05-01', null, 104)) as t(prefix, first_day, last_day, too_early);

-- in_day: the order within a day. organ, metastasis, diagnostic: which lists have the code.
create temporary table suffixes as
select suffix, in_day, organ, metastasis, diagnostic, cast(last_day as date) as last_day, cast(first_day as date) as first_day
from (values
  ('A', 1, true, true, true, null, null), ('AA', 2, true, true, true, null, '2020-01-01'),
  ('S', 3, true, true, true, null, null), ('B', 4, true, true, true, '2016-12-31', null),
  ('CK', 5, true, true, true, null, null), ('CU', 6, false, true, true, null, null),
  ('CM', 7, true, false, false, null, null), ('CA', 8, true, true, true, null, null),
  ('CI', 9, true, true, true, null, null), ('CD', 10, false, true, true, '2016-12-31', null),
  ('O', 11, true, true, true, null, null), ('P', 12, true, true, true, null, '2020-01-01'),
  ('FK', 13, true, true, false, null, null), ('FM', 14, true, true, false, null, null),
  ('FS', 15, true, true, false, null, null), ('FL', 16, true, true, false, null, null),
  ('FO', 17, true, true, false, null, null), ('FI', 18, true, true, false, null, null),
  ('X', 19, true, true, true, null, null)) as t(suffix, in_day, organ, metastasis, diagnostic, last_day, first_day);

-- 2. Each row by itself: its place and trust on its day, and the messages that need no other row -----------------------

create temporary table placed as
select g.*, coalesce(n.number, g.institution) as place
from given g left join numbers n on n.institution = g.institution;

create temporary table trusts_of as
select place, day, trust from (
  select d.place, d.day, b.trust, row_number() over (
    partition by d.place, d.day order by greatest(b.first_day - d.day, d.day - b.last_day, 0), b.seq) as nearest
  from (select distinct place, day from placed where day is not null) d join belongs b on b.number = d.place) t
where nearest = 1;

create temporary table judged as
select r.row_no, r.patient_id, r.code, r.day, r.institution, r.place, r.registration_id, p.prefix, s.suffix, s.in_day,
  coalesce(t.trust, r.place) as trust,
  exists (select 1 from belongs b where b.number = r.place) as place_known,
  p.prefix is not null and s.suffix is not null
    and (case r.prefix when 'B01' then s.metastasis when 'C01' then s.diagnostic else s.organ end) as code_known,
  p.first_day, p.too_early, coalesce(s.last_day, p.last_day) as last_day, s.first_day as code_first_day,
  s.suffix in ('A', 'AA') as starts, substr(s.suffix, 1, 1) as event
from (select *, substr(code, 1, 3) as prefix, substr(code, 4) as rest from placed) r
left join prefixes p on p.prefix = r.prefix
left join suffixes s on s.suffix = r.rest
left join trusts_of t on t.place = r.place and t.day = r.day;

-- The first message that fits sets the row aside: 101, 107, not yet introduced, lapsed.
create temporary table alone as
select j.*, case
    when code_known is not true then 101 when day is null then 107 when day < first_day then too_early
    when last_day is not null and day > last_day then 120 end as alone
from judged j;

-- 3. Order within a patient and prefix; an O comes after the sender's own F or X of the day ------------------------------

create temporary table late as
select distinct o.row_no
from alone o join alone e on e.patient_id = o.patient_id and e.prefix = o.prefix and e.day = o.day
where o.alone is null and e.alone is null and o.suffix = 'O' and e.event in ('F', 'X')
  and (e.place = o.place or e.trust = o.trust);

create temporary table ordered as
select t.*,
  n > 1 and lag(code) over w = code and lag(day) over w = day and lag(place) over w = place as twin,
  coalesce(max(case when starts then n end) over (partition by patient_id, prefix) >= n, false) as start_to_come
from (
  select a.*, l.row_no is not null as late,
    dense_rank() over (order by a.patient_id, a.prefix) as grp,
    row_number() over (partition by a.patient_id, a.prefix
      order by a.day, case when l.row_no is null then 0 else 1 end, a.in_day, a.place, a.registration_id, a.row_no) as n,
    lpad(cast(dense_rank() over (partition by a.patient_id, a.prefix order by a.place) as varchar), 2, '0') as h,
    lpad(cast(dense_rank() over (partition by a.patient_id, a.prefix order by a.trust) as varchar), 2, '0') as t
  from alone a left join late l on l.row_no = a.row_no
  where a.alone is null) t
window w as (partition by patient_id, prefix order by n);

create index ordered_at on ordered (grp, n);

-- 4. Rows become instances, one row of every group at a time -------------------------------------------------------------
--
-- state 0: nothing yet, 1: open, 2: ended. codes: the used codes of the instance, as `;S;CK;`. marks: its used starts
-- and transfers in order, A or O with the number of the place and of the trust: `A0101;O0101;A0202;`.

create temporary table walked as
with recursive walk as (
  select grp, cast(0 as bigint) as n, 0 as state, 0 as instance, cast('' as varchar) as ended_by, cast(null as date) as used_day,
    cast(null as date) as treated_day, cast('' as varchar) as codes, cast('' as varchar) as marks, cast('' as varchar) as fate,
    cast(null as integer) as belongs_to, 0 as superfluous, false as soon_after
  from (select distinct grp from ordered) g
  union all
  select grp, n,
    case when fate in ('open', 'anew') then 1 when fate = 'used' and ends then 2 else state end,
    case when fate in ('open', 'anew') then instance + 1 else instance end,
    case when fate in ('open', 'anew') then '' when fate = 'used' and ends then suffix else ended_by end,
    case when fate in ('open', 'anew', 'go_on', 'used') then day else used_day end,
    case when fate = 'used' and event = 'F' then day else treated_day end,
    case when fate in ('open', 'anew') then ';' || suffix || ';' when fate in ('go_on', 'used') then codes || suffix || ';'
      else codes end,
    case when fate in ('open', 'anew') then 'A' || h || t || ';' when fate = 'go_on' then marks || 'A' || h || t || ';'
      when fate = 'used' and suffix = 'O' then marks || 'O' || h || t || ';' else marks end,
    fate,
    case when fate = 'orphan' or (fate = 'twin' and state = 0) then null when fate in ('open', 'anew') then instance + 1
      else instance end,
    case when fate = 'orphan' then case when start_to_come then 106 else 105 end
      when fate = 'after' then case substr(ended_by, 1, 1) when 'C' then 112 when 'F' then 113 else 114 end
      when fate in ('twin', 'duplicate', 'repeated') then 102 else 0 end,
    fate in ('open', 'anew') and treated_day is not null and day - treated_day <= 90
  from (
    select v.*,
      case
        when twin then 'twin'
        when state = 0 and not starts then 'orphan'
        when state <> 1 and starts then 'open'
        when state = 2 then 'after'
        when starts and after_start <> marks and day - used_day > stale_days then 'anew'
        when starts and after_start <> marks
          and position('O' in regexp_replace(after_start, 'O' || h || '..;', '', 'g')) = 0 then 'duplicate'
        when starts then 'go_on'
        when suffix = 'O' and after_sent <> marks
          and regexp_replace(after_sent, 'A(' || h || '..|..' || t || ');', '') = after_sent then 'repeated'
        when suffix not in ('O', 'B') and position(';' || suffix || ';' in codes) > 0 then 'repeated'
        else 'used' end as fate
    from (
      select w.grp, o.n, w.state, w.instance, w.ended_by, w.used_day, w.treated_day, w.codes, w.marks, o.day, o.suffix,
        o.event, o.h, o.t, o.starts, o.twin, o.start_to_come, a.stale_days,
        o.event in ('F', 'X') or (o.event = 'C' and (o.prefix = 'C01'
          or o.suffix <> case o.prefix when 'B01' then 'CU' else 'CK' end)) as ends,
        regexp_replace(w.marks, '^.*A(' || o.h || '..|..' || o.t || ');', '') as after_start,
        regexp_replace(w.marks, '^.*O(' || o.h || '..|..' || o.t || ');', '') as after_sent
      from walk w join ordered o on o.grp = w.grp and o.n = w.n + 1 cross join asked a) v) f)
select * from walk where n > 0;

create temporary table linked as
select o.row_no, o.patient_id, o.prefix, o.code, o.suffix, o.event, o.day, o.place, o.trust, o.starts, o.code_first_day,
  o.registration_id, w.grp, w.n, w.fate, w.belongs_to as instance, w.superfluous, w.soon_after,
  w.fate in ('open', 'anew', 'go_on', 'used') as used
from ordered o join walked w on w.grp = o.grp and w.n = o.n;

create temporary table used_rows as
select l.*,
  coalesce(max(case when event = 'S' then 1 end) over before, 0) = 1 as attended,
  coalesce(max(case when event = 'C' then 1 end) over before, 0) = 1 as decided,
  max(case when starts then day end) over before as start_before,
  first_value(trust) over (partition by grp, instance order by n) as opening_trust
from linked l where used
window before as (partition by grp, instance order by n rows between unbounded preceding and 1 preceding);

-- 5. Messages of used rows ------------------------------------------------------------------------------------------------

create temporary table told as
select row_no, superfluous as message from linked where superfluous > 0
union all select row_no, 908 from linked where soon_after
union all select row_no, 905 from linked where fate = 'anew'
union all select o.row_no, 905 from linked a join linked o on o.grp = a.grp and o.instance = a.instance - 1
  and o.fate in ('open', 'anew') where a.fate = 'anew'
union all select row_no, 907 from used_rows where day < code_first_day
union all select row_no, 902 from used_rows where event = 'C' and decided
union all select row_no, case prefix when 'B01' then 118 when 'C01' then 119 else 108 end from used_rows
  where event = 'C' and not attended and suffix in ('CK', 'CU', 'CD', 'CA')
    and not (suffix = 'CA' and prefix <> 'C01')
union all select row_no, 111 from used_rows where event = 'S' and decided
union all select row_no, case when attended then 110 else 109 end from used_rows where event = 'F' and not decided
union all select row_no, 910 from used_rows where event = 'P' and prefix = 'C01'
union all select row_no, 909 from used_rows where event = 'P' and prefix <> 'C01' and not decided
union all select o.row_no, 903 from used_rows o cross join asked
  where o.suffix = 'O' and as_of >= o.day + 30 and not exists (
    select 1 from used_rows a where a.grp = o.grp and a.instance = o.instance and a.starts and a.place <> o.place
      and a.day between o.day and o.day + 30)
union all select r.row_no, 904 from used_rows r
  where r.starts and r.start_before is not null
    and not exists (select 1 from used_rows a where a.grp = r.grp and a.instance = r.instance and a.starts and a.n < r.n
      and (a.place = r.place or a.trust = r.trust))
    and not exists (select 1 from used_rows o where o.grp = r.grp and o.instance = r.instance and o.suffix = 'O'
      and o.place <> r.place and o.day between r.start_before and r.day)
union all select row_no, alone from alone where alone is not null
union all select row_no, 912 from alone where not place_known
union all select row_no, 100 from alone a cross join asked
  where people_given and not exists (select 1 from people p where p.patient_id = a.patient_id)
union all select row_no, case when prefix = 'A30' then 116 else 117 end from (
    select a.row_no, a.prefix, extract(year from a.day) - extract(year from p.born)
      - case when extract(month from a.day) * 100 + extract(day from a.day)
          < extract(month from p.born) * 100 + extract(day from p.born) then 1 else 0 end as age
    from alone a join people p on p.patient_id = a.patient_id
    where p.born is not null and a.day >= a.first_day and a.code_known) t
  where (prefix = 'A30') = (age >= 18);

-- 6. Instances: their points, times and limits -----------------------------------------------------------------------------

create temporary table instances as
select grp, instance, min(patient_id) as patient_id, min(prefix) as prefix, min(n) as at_start,
  min(case when event = 'S' then n end) as at_attendance, min(case when event = 'C' then n end) as at_decision,
  min(case when event = 'F' then n end) as at_treatment,
  max(case when event = 'P' and prefix <> 'C01' then 1 else 0 end) = 1 as postponed,
  max(case when fate = 'used' and (event in ('F', 'X') or (event = 'C' and (prefix = 'C01'
    or suffix <> case prefix when 'B01' then 'CU' else 'CK' end))) then n end) as at_end,
  count(distinct place) as institutions, count(distinct trust) as trusts,
  max(case when suffix = 'O' or (starts and trust <> opening_trust) then 1 else 0 end) = 1 as transferred
from used_rows group by grp, instance;

create temporary table points as
select i.*, a.row_no as opening_row, a.day as start_date, a.place as start_institution, a.trust, a.suffix = 'AA' as via_specialist,
  s.day as attendance_date, s.place as attendance_institution, c.day as decision_date, substr(c.suffix, 2) as decision,
  c.place as decision_institution, f.day as treatment_date, substr(f.suffix, 2) as treatment,
  f.place as treatment_institution, e.suffix as ended_by, e.day as ended_on, e.place as end_institution,
  case when e.n is null and as_of > p.last_day then p.last_day end as closed_on
from instances i
join prefixes p on p.prefix = i.prefix
cross join asked
join linked a on a.grp = i.grp and a.n = i.at_start
left join linked s on s.grp = i.grp and s.n = i.at_attendance
left join linked c on c.grp = i.grp and c.n = i.at_decision
left join linked f on f.grp = i.grp and f.n = i.at_treatment
left join linked e on e.grp = i.grp and e.n = i.at_end;

create temporary table in_force as
select prefix, span, kind, days, valid_from, lead(valid_from) over (partition by prefix, span, kind order by valid_from) as until
from limits;

create temporary table measured as
select p.*,
  attendance_date - start_date as of1, decision_date - attendance_date as of2, treatment_date - decision_date as of3,
  treatment_date - start_date as of4,
  case when p.prefix = 'C01' then decision_date - start_date else treatment_date - start_date end as share,
  l1.days as of1_limit, l2.days as of2_limit, l3.days as of3_limit, l4.days as of4_limit,
  case when p.prefix = 'C01' then l1.days + l2.days else l4.days end as share_limit,
  (select max(valid_from) from limits l where l.prefix = p.prefix and l.valid_from <= p.start_date) as version
from points p
left join in_force l1 on l1.prefix = p.prefix and l1.span = 'OF1' and l1.kind = '' and l1.valid_from <= start_date
  and (l1.until is null or l1.until > start_date)
left join in_force l2 on l2.prefix = p.prefix and l2.span = 'OF2' and l2.kind = '' and l2.valid_from <= start_date
  and (l2.until is null or l2.until > start_date)
left join in_force l3 on l3.prefix = p.prefix and l3.span = 'OF3' and l3.kind = p.treatment and l3.valid_from <= start_date
  and (l3.until is null or l3.until > start_date)
left join in_force l4 on l4.prefix = p.prefix and l4.span = 'OF4' and l4.kind = p.treatment and l4.valid_from <= start_date
  and (l4.until is null or l4.until > start_date);

insert into told
select opening_row, 911 from points where closed_on is not null
union all select opening_row, 901 from measured where least(of1, of2, of3, of4, share) < 0
union all select opening_row, 906 from measured where greatest(of1, of2, of3, of4, share) > 730;

-- 7. The answers -----------------------------------------------------------------------------------------------------------

create temporary table messages as
select a.row_no, a.prefix as pathway, l.instance as episode, t.message, coalesce(l.used, false) as counted
from told t join alone a on a.row_no = t.row_no left join linked l on l.row_no = t.row_no;

create temporary table numbers_of as
select grp, instance, string_agg(cast(message as varchar), ' ' order by message) as messages
from (select distinct l.grp, l.instance, t.message from told t join linked l on l.row_no = t.row_no
      where l.instance is not null) d
group by grp, instance;

create temporary table episodes as
select m.patient_id, m.prefix as pathway, m.instance as episode, start_date, start_institution,
  attendance_date as first_attendance_date, attendance_institution as first_attendance_institution, decision_date, decision,
  decision_institution, treatment_date, treatment, treatment_institution, coalesce(ended_on, closed_on) as end_date,
  case when closed_on is not null then 'R' else ended_by end as "end", end_institution, trust, institutions, trusts,
  transferred, postponed, via_specialist,
  case when of1 >= 0 then of1 end as of1_days, of1_limit, case when of2 >= 0 then of2 end as of2_days, of2_limit,
  case when of3 >= 0 then of3 end as of3_days, of3_limit, case when of4 >= 0 then of4 end as of4_days, of4_limit,
  case when share >= 0 then share end as share_days, share_limit,
  case when reason = 'counts' then share <= share_limit end as share_within, reason as share_reason,
  m.prefix || '@' || cast(version as varchar) as limit_version, n.messages
from (
  select x.*, case
      when closed_on is not null then 'closed_by_rule'
      when ended_by is null then 'open'
      when substr(ended_by, 1, 1) <> case when prefix = 'C01' then 'C' else 'F' end then 'not_treated'
      when share_limit is null then 'no_limit'
      when postponed then 'postponed'
      when share < 0 then 'negative'
      else 'counts' end as reason
  from measured x) m
left join numbers_of n on n.grp = m.grp and n.instance = m.instance;
