-- Registrations as numbers: patient, pathway, point, kind, and a key that sorts as the rules ask: day, order, place, closing.
create or replace temp table reg as
select r.patient_id, c.pw, c.pt, c.kind, c.closes,
  ((((r.event_date - date '1970-01-01')::int * 64 + c.ord) * 256 + p.place) * 2 + c.closes) as k
from read_parquet('$FILE') r join codes c on c.code = r.code join places p on p.institution = r.institution;
