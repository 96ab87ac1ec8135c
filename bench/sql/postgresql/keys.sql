-- Registrations as numbers, as in DuckDB: patient, pathway, point, kind, and a key that sorts as the rules ask.
drop table if exists reg;
create unlogged table reg as
select r.patient_id, c.pw, c.pt, c.kind, c.closes,
  (((r.event_date - date '1970-01-01') * 64 + c.ord) * 256 + p.place) * 2 + c.closes as k
from registrations r join codes c on c.code = r.code join places p on p.institution = r.institution;
analyze reg
