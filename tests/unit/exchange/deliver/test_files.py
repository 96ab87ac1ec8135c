"""The register's monthly files: columns, order, form and content, counted by hand."""

from __future__ import annotations

import json

import openpyxl

COLUMNS = (
    "lopenr;institusjonId;institusjon;reshIdFagEnhet;Fagenhet;KommuneNr;BydelNr;FødselsDato;DødsDato;pfInstansId;Forløp;"
    "Pakkeforløp;AntInst;AntHf;År;StartDato;Ainst;UtrStartDato;Sinst;KliniskBeslutn;TypeBeslutn;Cinst;StartBeh;TypeBeh;"
    "Finst;Avslutn;Xinst;OF1;OF1std;OF2;OF2std;OF3;OF3std;OF4;OF4std;Overf;AnsiennDato"
)


def test_the_first_line_is_the_registers(delivered):
    """UTF-8 with BOM, semicolons, line feeds, 37 columns."""
    content = (delivered() / "regions/Utlevering_HV_feb24.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").split("\n")[0] == COLUMNS
    assert b"\r" not in content


def test_a_pathway_of_one_hospital(delivered, rows):
    """8 January to 9 February: 2 + 15 + 15 = 32 days; the limits of 2024 are 7, 12, 13 and 32."""
    (row,) = [r for r in rows(delivered() / "trusts/Utlevering_bergen_feb24.csv") if r["Forløp"] == "A01"]
    row.pop("lopenr"), row.pop("pfInstansId")
    place = "974557746"
    assert row == {
        "institusjonId": place, "institusjon": "Haukeland universitetssjukehus", "reshIdFagEnhet": "",
        "Fagenhet": "Brystdiagnostisk senter", "KommuneNr": "4601", "BydelNr": "", "FødselsDato": "1960-05-17",
        "DødsDato": "", "Forløp": "A01", "Pakkeforløp": "Brystkreft", "AntInst": "1", "AntHf": "1", "År": "2024",
        "StartDato": "2024-01-08", "Ainst": place, "UtrStartDato": "2024-01-10", "Sinst": place,
        "KliniskBeslutn": "2024-01-25", "TypeBeslutn": "K", "Cinst": place, "StartBeh": "2024-02-09", "TypeBeh": "K",
        "Finst": place, "Avslutn": "2024-02-09", "Xinst": place, "OF1": "2", "OF1std": "7", "OF2": "15", "OF2std": "12",
        "OF3": "15", "OF3std": "13", "OF4": "32", "OF4std": "32", "Overf": "0", "AnsiennDato": "2024-01-05",
    }  # fmt: skip


def test_a_pathway_across_trusts_is_one_row_at_the_first(delivered, rows):
    """With the institution of each event, residence filled from the newest row that has one, and a note on it."""
    folder = delivered()
    (row,) = [r for r in rows(folder / "regions/Utlevering_HV_feb24.csv") if r["Forløp"] == "A26"]
    wanted = {"Ainst": "974557746", "Sinst": "974749025", "AntInst": "2", "AntHf": "2", "Overf": "1", "OF1": "6",
              "KliniskBeslutn": "", "OF2": "", "OF4": "", "reshIdFagEnhet": "4201234", "Fagenhet": "",
              "KommuneNr": "4601", "BydelNr": "460101", "DødsDato": "2024-02-20"}  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted
    assert [r["Forløp"] for r in rows(folder / "trusts/Utlevering_st_olav_feb24.csv")] == ["A38"]
    notes = (folder / "notes.csv").read_text(encoding="utf-8").splitlines()
    of_region = [line for line in notes if "HV_feb24" in line]
    assert [line.split(",")[3:] for line in of_region] == [['"KommuneNr"', '"4601"'], ['"BydelNr"', '"460101"']]
    assert of_region[0].split(",")[1].strip('"') == row["lopenr"]


def test_what_is_not_in_the_files_is_counted_in_the_log(delivered, rows):
    """C01 is no organ-specific pathway, and nobody gets the pathway of a unit that nobody knows."""
    folder = delivered()
    given = [row["Forløp"] for path in folder.glob("*/*.csv") for row in rows(path)]
    assert {"C01", "A16"} & set(given) == set()
    log = (folder / "log.en.txt").read_text(encoding="utf-8")
    assert "1 pathways are in no file: they start at a unit that the catalogue does not have." in log
    assert "1 pathways of the family diagnostic" in log


def test_march_gives_january_and_february(delivered):
    """A file for each month, each as known on its last day."""
    record = json.loads((delivered() / "run.json").read_text(encoding="utf-8"))
    assert [month["month"] for month in record["months"]] == ["2024-01", "2024-02"]
    assert [month["as_of"] for month in record["months"]] == ["2024-01-31", "2024-02-29"]
    assert [month["rows"]["used"] for month in record["months"]] == [9, 11]


def test_the_treatment_of_february_is_not_in_januarys_file(delivered, rows):
    (row,) = [r for r in rows(delivered() / "regions/Utlevering_HV_jan24.csv") if r["Forløp"] == "A01"]
    assert (row["KliniskBeslutn"], row["StartBeh"], row["Avslutn"], row["OF4"]) == ("2024-01-25", "", "", "")


def test_february_has_no_delivery(given, run):
    told = run("deliver", "--month", "2024-02", given / "in.csv", "--out", given / "none", "--lang", "en", code=2)
    assert "There is no delivery in 2024-02." in told
    assert "--month 2024-03" in told
    assert not (given / "none").exists()


def test_helse_midt_receives_since_november_2024(delivered):
    early, late = delivered("2024-10", out="early"), delivered("2024-11", out="late")
    assert sorted(path.name for path in (early / "regions").glob("*.csv")) == [
        "Utlevering_HSØ_sep24.csv", "Utlevering_HV_sep24.csv"
    ]  # fmt: skip
    assert (late / "regions/Utlevering_HMN_okt24.csv").exists()
    assert not (late / "regions/Utlevering_HN_okt24.csv").exists()


def test_a_region_outside_the_calendar_can_be_asked_for(delivered):
    folder = delivered("2024-04", "--region", "helse_nord")
    assert [path.name for path in (folder / "regions").glob("*.csv")] == ["Utlevering_HN_mar24.csv"]


def test_the_same_bytes_when_run_twice(delivered):
    one, two = delivered(out="one"), delivered(out="two")
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert len(files) > 10
    assert [name for name in files if (one / name).read_bytes() != (two / name).read_bytes()] == []


def test_running_numbers_are_of_one_file_alone(given, run, rows, tmp_path):
    """A hundred patients: 1 to 100 without gaps, in another order in another month, and no id stands in the file."""
    lines = ["patient_id,code,event_date,institution"]
    lines += [f"19{n:09},A01A,2024-01-{n % 28 + 1:02},974557746" for n in range(100)]
    (tmp_path / "many.csv").write_text("\n".join(lines), encoding="utf-8")
    run("deliver", "--month", "2024-03", tmp_path / "many.csv", "--out", tmp_path / "many")
    january, february = (rows(tmp_path / f"many/regions/Utlevering_HV_{m}24.csv") for m in ("jan", "feb"))
    assert [int(row["lopenr"]) for row in january] == list(range(1, 101))
    by_id = [{row["pfInstansId"]: row["lopenr"] for row in month} for month in (january, february)]
    assert by_id[0].keys() == by_id[1].keys()
    assert sum(by_id[0][one] == by_id[1][one] for one in by_id[0]) < 20
    text = (tmp_path / "many/regions/Utlevering_HV_jan24.csv").read_text(encoding="utf-8")
    assert "19000000" not in text


def test_ids_of_a_regions_file_cannot_be_made_from_patient_ids(given, run, rows, tmp_path):
    """A trust's file has the id that the trust makes itself; a region's has another, steady under a secret."""
    (tmp_path / "plain.csv").write_text("patient_id,code,event_date,institution\n01017012345,A01A,2024-01-08,974557746\n")
    (tmp_path / "more.csv").write_text("patient_id,code,event_date,institution\nx,A01A,2024-01-09,974557746\n")
    (tmp_path / "secret").write_text("a long secret of the register")
    ids = {}
    for name, inputs in (("one", ["plain.csv"]), ("two", ["plain.csv", "more.csv"])):
        run("deliver", "--month", "2024-03", *[tmp_path / one for one in inputs], "--out", tmp_path / name,
            "--key-file", tmp_path / "secret")  # fmt: skip
        found = [rows(tmp_path / f"{name}/{place}_jan24.csv") for place in ("regions/Utlevering_HV", "trusts/Utlevering_bergen")]
        ids[name] = [next(r["pfInstansId"] for r in part if r["StartDato"] == "2024-01-08") for part in found]
    assert ids["one"] == ids["two"]
    assert ids["one"][0] not in ids["one"][1]
    assert ids["one"][1].startswith("A01-20240108-")


def test_a_short_secret_is_refused(given, run, tmp_path):
    (tmp_path / "secret").write_text("kort")
    run("deliver", "--month", "2024-03", given / "in.csv", "--out", tmp_path / "x", "--key-file", tmp_path / "secret", code=12)


def test_the_workbook_has_numbers_dates_and_no_formula(delivered):
    folder = delivered()
    book = openpyxl.load_workbook(folder / "trusts/Utlevering_st_olav_feb24.xlsx")
    (header, cells) = book.worksheets[0].iter_rows()
    row = dict(zip([cell.value for cell in header], cells, strict=True))
    assert ";".join(row) == COLUMNS
    assert (row["lopenr"].value, row["institusjonId"].value, row["År"].value) == (1, 974749025, 2024)
    assert row["StartDato"].is_date
    assert (row["Fagenhet"].data_type, row["Fagenhet"].value) == ("s", "=HYPERLINK(1)")
    text = (folder / "trusts/Utlevering_st_olav_feb24.csv").read_text(encoding="utf-8")
    assert ";'=HYPERLINK(1);" in text


def test_the_log_in_three_languages(delivered):
    folder = delivered()
    logs = [(folder / f"log.{language}.txt").read_text(encoding="utf-8") for language in ("nb", "nn", "en")]
    assert len({len(log.splitlines()) for log in logs}) == 1
    assert "Utlevering_HV_feb24: 2 forløp, 2 pasienter, 2 startet i 2024." in logs[0]
    assert "sha256" in logs[1]


def test_nothing_stands_when_it_cannot_be_whole(given, run, monkeypatch):
    """The second month fails: the first is not left behind."""
    from pakkeforlop.exchange.deliver.write import XlsxFile

    closed = []

    def full(book):
        closed.append(book)
        if len(closed) == 4:
            raise OSError(28, "No space left")
        close(book)

    close = XlsxFile.close
    monkeypatch.setattr(XlsxFile, "close", full)
    run("deliver", "--month", "2024-03", given / "in.csv", "--out", given / "broken", code=14)
    assert not (given / "broken").exists()
    assert [path.name for path in given.iterdir() if "broken" in path.name] == []
