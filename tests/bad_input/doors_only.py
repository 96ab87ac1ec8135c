"""The doors without what lies between them: reads registrations, writes the tables, as `pakkeforlop monitor` does.

python doors_only.py IN... --out DIR [--wait]
"""

import sys
import time
from datetime import date

from pakkeforlop.cli.faults import faults_told
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.csv.read import read_registrations
from pakkeforlop.vocabulary.calendar import day_number


def main(arguments):
    wait = "--wait" in arguments
    arguments = [argument for argument in arguments if argument not in {"--wait", "--lang", "en", "--no-report"}]
    at = arguments.index("--out")
    with faults_told("en"), OutputFolder(arguments[at + 1]) as folder:
        intake = read_registrations(arguments[:at], today=day_number(date.today()))
        folder.write_table("rejects.csv", intake.rejects)
        folder.write_table("messages.csv", intake.table)
        folder.write_table("episodes.parquet", intake.table)
        if wait:
            print("written", flush=True)
            time.sleep(60)
        folder.finish(intake.for_record())
        intake.require_rows()


main(globals().get("ARGUMENTS", sys.argv[1:]))
