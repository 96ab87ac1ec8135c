"""A recount of synthetic registrations in plain SQL, written from the rules and sharing no code with the generator.

It reads the limits from its own table below, and knows the order rules only as far as undisturbed registrations and the
planted faults need them. It is slow to read on purpose: every step is a table that can be looked at.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

# prefix, key, first day, K, M, S, O: limits from referral to treatment, by the day they hold from
LIMITS = """
A01 breast                    2015-01-01 27 24 -  -
A01 breast                    2021-05-01 32 29 -  -
A02 head_neck                 2015-05-01 28 28 28 -
A03 cll                       2015-09-01 -  32 -  32
A04 myeloma                   2015-09-01 -  30 -  -
A04 myeloma                   2023-01-01 -  30 41 -
A05 acute_leukaemia           2015-09-01 -  8  -  -
A06 lymphoma                  2015-05-01 -  21 28 -
A06 lymphoma                  2023-01-01 -  21 35 -
A07 pancreas                  2015-09-01 36 36 -  -
A12 colorectal                2015-01-01 35 35 39 -
A14 bladder                   2015-05-01 46 46 46 -
A15 kidney                    2015-05-01 43 43 43 -
A16 prostate                  2015-01-01 66 37 66 66
A17 penis                     2015-09-01 37 41 41 -
A18 testis                    2015-05-01 31 38 38 31
A18 testis                    2021-05-01 45 31 38 31
A20 endometrium               2015-05-01 30 30 30 -
A21 ovary                     2015-05-01 30 30 30 -
A22 cervix                    2015-05-01 30 30 30 -
A23 brain                     2015-09-01 21 28 28 -
A26 lung                      2015-01-01 42 35 42 -
A30 children                  2015-09-01 27 16 27 -
A32 oesophagus_stomach        2015-05-01 43 43 43 -
A34 primary_liver             2015-09-01 39 32 -  -
A36 sarcoma                   2015-09-01 43 43 43 -
A37 thyroid                   2015-09-01 41 -  -  -
A38 melanoma                  2015-09-01 35 35 35 -
A39 neuroendocrine            2015-09-01 56 56 56 -
A40 bile_duct                 2015-09-01 48 41 48 -
B01 metastasis_unknown_origin 2015-09-01 35 31 35 -
"""
DIAGNOSTIC_FIRST_DAY = "2015-05-01"  # its limit is 22 days to the decision, below
RETIRED = {"A03": "2021-04-30", "A05": "2021-04-30"}
ICD10 = {
    "A01": ["C50"], "A02": [*(f"C{n:02d}" for n in range(15)), "C30", "C31", "C32"], "A03": ["C911"], "A04": ["C90"],
    "A05": ["C910", "C920", "C924", "C925", "D46"], "A06": ["C81", "C82", "C83", "C84", "C85", "C86", "C88"],
    "A07": ["C25", "C241"], "A12": ["C18", "C19", "C20"], "A14": ["C65", "C66", "C67", "C680"], "A15": ["C64"],
    "A16": ["C61"], "A17": ["C60"], "A18": ["C62"], "A20": ["C54", "C55"], "A21": ["C56", "C570", "C481", "C482"],
    "A22": ["C53"], "A23": ["C71"], "A26": ["C34"], "A32": ["C15", "C16"], "A34": ["C220"], "A37": ["C73"],
    "A38": ["C43"], "A40": ["C221", "C240"],
}  # fmt: skip


def recount(folder: Path, hospitals: list[tuple[str, str, str, str, str]]) -> pa.Table:
    """Indicators of the data in `folder`. hospitals: number, trust, region, first day, last day of each belonging."""
    db = duckdb.connect()
    for name in ("registrations", "patients", "new_cancers"):
        db.execute(f"create view {name}_file as select * from read_parquet('{folder / name}.parquet')")
    _tables(db, hospitals)
    _registrations(db)
    _courses(db)
    _new_patients(db)
    table = _figures(db)
    db.close()
    return table


def _tables(db: duckdb.DuckDBPyConnection, hospitals: list[tuple[str, str, str, str, str]]) -> None:
    db.execute("create table belongs (number varchar, trust varchar, region varchar, first date, last date)")
    db.executemany("insert into belongs values (?, ?, ?, ?, ?)", hospitals)
    db.execute("create table limits (prefix varchar, key varchar, kind varchar, since date, days integer)")
    for line in LIMITS.split("\n"):
        if line:
            prefix, key, since, *days = line.split()
            rows = [
                (prefix, key, kind, since, None if d == "-" else int(d)) for kind, d in zip("KMSO", days, strict=True)
            ]
            db.executemany("insert into limits values (?, ?, ?, ?, ?)", rows)
    db.execute(
        "create table pathways as select prefix, any_value(key) as key, min(since) as first from limits group by prefix"
    )
    db.execute(f"insert into pathways values ('C01', 'diagnostic', date '{DIAGNOSTIC_FIRST_DAY}')")
    db.execute("alter table pathways add column last date")
    db.execute("update pathways set last = date '2099-12-31'")
    for prefix, last in RETIRED.items():
        db.execute(f"update pathways set last = date '{last}' where prefix = '{prefix}'")
    db.execute("create table icd (prefix varchar, part varchar)")
    db.executemany(
        "insert into icd values (?, ?)", [(prefix, part) for prefix, parts in ICD10.items() for part in parts]
    )


def _registrations(db: duckdb.DuckDBPyConnection) -> None:
    """The last version of each registration; without withdrawals, undated rows and rows outside the pathway's days."""
    db.execute("""
        create table reg as
        select r.patient_id as pid, left(r.code, 3) as prefix, substr(r.code, 4) as suffix, r.event_date as day,
               r.institution, r.registration_id as id
        from (select *, row_number() over (partition by registration_id order by registered_at desc) as version
              from (select * replace (cast(code as varchar) as code, cast(institution as varchar) as institution)
                    from registrations_file)) r
        join pathways p on p.prefix = left(r.code, 3)
        where version = 1 and r.code is not null and r.event_date is not null
          and r.event_date between p.first and p.last
          and substr(r.code, 4) in ('A','AA','S','CK','CU','CM','CA','CI','O','P','FK','FM','FS','FL','FO','FI','X')
          and not (substr(r.code, 4) = 'CU' and left(r.code, 1) = 'A')
          and not (substr(r.code, 4) = 'CM' and left(r.code, 1) <> 'A')
          and not (left(r.code, 1) = 'C' and substr(r.code, 4, 1) = 'F')""")


def _courses(db: duckdb.DuckDBPyConnection) -> None:
    """One row per course: from a start with no course open to the first code that ends it."""
    db.execute("""
        create table ends as
        select pid, prefix, suffix, day, institution,
               case when suffix in ('A','AA') then 'start'
                    when suffix in ('CM','CA','CI') or left(suffix, 1) = 'F' or suffix = 'X'
                      or (prefix = 'B01' and suffix = 'CK') or (prefix = 'C01' and suffix in ('CK','CU')) then 'end'
                    when suffix = 'P' then 'postponed' else 'other' end as role,
               case suffix when 'A' then 0 when 'AA' then 1 when 'S' then 2 when 'CK' then 4 when 'CU' then 5
                    when 'CM' then 6 when 'CA' then 7 when 'CI' then 8 when 'O' then 10 when 'P' then 11
                    when 'X' then 18 else 12 end as turn
        from reg""")
    db.execute("""
        create table ordered as
        select *, row_number() over (partition by pid, prefix order by day, turn, institution) as n from ends
        where role in ('start', 'end', 'postponed')""")
    # the ends before a row number the course it may belong to; an end without a start after the last end is no end
    db.execute("""
        create table grouped as
        select *, coalesce(sum(case when role = 'end' then 1 else 0 end)
                  over (partition by pid, prefix order by n rows between unbounded preceding and 1 preceding), 0) as piece
        from ordered""")
    db.execute("""
        create table course as
        select pid, prefix, piece,
               min(day) filter (role = 'start') as start_day,
               arg_min(institution, n) filter (role = 'start') as start_place,
               max(day) filter (role = 'end') as end_day,
               max(suffix) filter (role = 'end') as ending,
               bool_or(role = 'postponed' and prefix <> 'C01') as postponed
        from grouped group by all having min(day) filter (role = 'start') is not null""")
    db.execute(
        """
        create table judged as
        select c.*, p.key, coalesce(b.trust, c.start_place) as trust, b.region,
               case when c.prefix = 'C01' then 'all' else right(c.ending, 1) end as kind,
               case when c.prefix = 'C01' then 22
                    else (select arg_max(l.days, l.since) from limits l
                          where l.prefix = c.prefix and l.kind = right(c.ending, 1) and l.since <= c.start_day) end as days
        from course c join pathways p using (prefix)
        left join belongs b on b.number = c.start_place and c.start_day between b.first and b.last"""
    )


def _new_patients(db: duckdb.DuckDBPyConnection) -> None:
    """First contacts that are new, with the pathway of their group, and the first start near them."""
    db.execute("""
        create table contact as
        select n.patient_id as pid, n.first_contact_date as day, cast(n.institution as varchar) as institution,
               case when n.first_contact_date < f.birth_date + interval 18 year then 'A30'
                    else (select arg_max(i.prefix, length(i.part)) from icd i
                          where starts_with(replace(cast(n.icd10 as varchar), '.', ''), i.part)) end as prefix
        from new_cancers_file n left join patients_file f using (patient_id)""")
    db.execute("""
        create table newcomer as
        select *, row_number() over (order by pid, prefix, day) as id
        from (select *, lag(day) over (partition by pid, prefix order by day) as before from contact) c
        where prefix is not null and (before is null or before <= day - interval 5 year)""")
    db.execute("""
        create table included as
        select n.id, n.prefix, n.day, n.institution, arg_min(j.trust, j.start_day) as start_trust,
               arg_min(j.region, j.start_day) as start_region
        from newcomer n left join judged j on j.pid = n.pid and j.prefix = n.prefix
             and j.start_day between n.day - 180 and n.day + 60
        group by all""")


def _figures(db: duckdb.DuckDBPyConnection) -> pa.Table:
    db.execute("""
        create table hits as
        select 'of4_share' as indicator, key as pathway_key, kind as branch, trust, region, end_day as day,
               cast(end_day - start_day <= days as integer) as hit
        from judged
        where end_day is not null and not postponed and days is not null
          and ((prefix = 'C01' and ending <> 'X') or (prefix <> 'C01' and left(ending, 1) = 'F'))
        union all
        select 'inclusion_share', p.key, 'all', coalesce(i.start_trust, b.trust, i.institution),
               coalesce(i.start_region, b.region), i.day, cast(i.start_trust is not null as integer)
        from included i join pathways p using (prefix)
        left join belongs b on b.number = i.institution and i.day between b.first and b.last
        where i.day between p.first and p.last""")
    return db.sql("""
        with branches as (
            select *, 'all' as shown from hits union all select *, branch from hits where branch <> 'all'),
        pathways as (
            select *, pathway_key as subject from branches union all
            select *, 'all_organ_specific' from branches
            where pathway_key not in ('diagnostic', 'metastasis_unknown_origin')),
        units as (
            select *, 'national' as unit_level, '900000000' as org_nr from pathways union all
            select *, 'RHF', region from pathways where region is not null union all
            select *, 'HF', trust from pathways),
        periods as (
            select *, 'year' as period_type, date_trunc('year', day) as begins from units union all
            select *, 'tertial', make_date(year(day), ((month(day) - 1) // 4) * 4 + 1, 1) from units)
        select indicator, shown as branch, '' as kind, subject as pathway_key, unit_level, org_nr, period_type,
               strftime(begins, '%Y-%m-%d') as period_from, '' as sex, '' as age_group,
               cast(sum(hit) as bigint) as numerator, count(*) as denominator
        from periods group by all""").to_arrow_table()
