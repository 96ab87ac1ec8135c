"""Who of the generated country is taken into the demo's store: by hand, a patient for each case."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from pakkeforlop.exchange.generate.ward.country import cut_country

TODAY = date(2022, 1, 20)
HERE, ELSEWHERE = "983974724", "983974678"

EPISODES = [
    # patient, start, end, trust, whether the patient is taken
    ("open elsewhere", date(2022, 1, 3), None, ELSEWHERE, True),
    ("open elsewhere too long", date(2021, 1, 3), None, ELSEWHERE, False),
    ("ended elsewhere lately", date(2021, 12, 1), date(2022, 1, 10), ELSEWHERE, True),
    ("ended elsewhere", date(2021, 5, 1), date(2021, 6, 1), ELSEWHERE, False),
    ("open here", date(2022, 1, 3), None, HERE, False),
    ("ended here on the first day", date(2020, 12, 1), date(2021, 1, 1), HERE, True),
    ("ended here before", date(2020, 11, 1), date(2020, 12, 31), HERE, False),
    ("ended here, open again", date(2021, 5, 1), date(2021, 6, 1), HERE, False),
    ("ended here, open again", date(2022, 1, 3), None, HERE, False),
]


def test_who_is_taken(tmp_path: Path):
    names = list(dict.fromkeys(one[0] for one in EPISODES))
    for folder in ("data", "result"):
        (tmp_path / folder).mkdir()
    episodes = [
        {
            "patient_id": name, "pathway": "A01", "start_date": start, "start_institution": trust,
            "first_attendance_date": None, "decision_date": None, "decision_institution": None, "end_date": end,
            "trust": trust,
        }
        for name, start, end, trust, _ in EPISODES
    ]  # fmt: skip
    people = [
        {"patient_id": name, "birth_date": date(1956, 5, 12), "sex": "2", "municipality": None, "district": None, "death_date": None}
        for name in names
    ]
    days = dict.fromkeys(("first_attendance_date", "decision_date"), pa.date32())
    table = pa.Table.from_pylist(episodes)
    for name, kind in days.items():
        table = table.set_column(table.column_names.index(name), name, pa.nulls(len(table), kind))
    pq.write_table(table, tmp_path / "result" / "episodes.parquet")
    pq.write_table(pa.Table.from_pylist(people), tmp_path / "data" / "patients.parquet")
    rows = [{"patient_id": name, "code": "A01A", "event_date": TODAY, "institution": HERE} for name in names]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "data" / "registrations.parquet")
    paths = cut_country(
        data=tmp_path / "data", result=tmp_path / "result", out=tmp_path / "out", today=TODAY,
        without_trusts={HERE}, history_of={HERE},
    )  # fmt: skip
    taken = {one[0] for one in EPISODES if one[-1]}
    assert set(pq.read_table(paths["registrations"])["patient_id"].to_pylist()) == taken
    assert set(pyarrow.csv.read_csv(paths["patients"])["patient_id"].to_pylist()) == taken
