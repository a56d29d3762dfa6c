"""Keep with each pledge where its household lived on the day it was signed."""

import datetime
import json
from collections import defaultdict
from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Fill commune and hamlet of pledges by household, from the household's revision of that day;
    one entered later lived where it did when the pledge was."""
    signed = defaultdict(list)
    for row, household, day, seq in db.execute_sql(
        "SELECT row, household, signed_on, revision FROM pledge"
        " WHERE household IS NOT NULL AND commune IS NULL"
    ).fetchall():
        signed[household].append((row, day, seq))
    units = {
        unit: (first, last, successors.split())
        for unit, first, last, successors in db.execute_sql(
            "SELECT id, valid_from, valid_to, successors FROM unit"
        ).fetchall()
    }
    for household, pledges in signed.items():
        versions = [
            (seq, _local_day(time), json.loads(body)["fields"])
            for seq, time, body in db.execute_sql(
                "SELECT seq, time, body FROM revision WHERE record = ? AND body IS NOT NULL"
                " ORDER BY number, seq",
                (household,),
            ).fetchall()
        ]
        for row, day, seq in pledges:
            then = [fields for _seq, saved, fields in versions if saved <= day]
            known = [fields for number, _saved, fields in versions if number <= seq]
            for fields in then[-1:] or known[-1:] or [f for _seq, _saved, f in versions[:1]]:
                commune = _unit_on(units, fields["commune"], day)
                db.execute_sql(
                    "UPDATE pledge SET commune = ?, hamlet = ?, place = ? WHERE row = ?",
                    (commune, fields.get("hamlet"), commune, row),
                )


def _local_day(time: str) -> str:
    moment = datetime.datetime.fromisoformat(time)
    return moment.astimezone().date().isoformat()


def _became(units: dict[str, tuple[str, str, list[str]]], unit: str, day: str) -> set[str]:
    first, last, successors = units.get(unit, ("", "9999", []))
    if first <= day <= last or day < first:
        return {unit}
    return {found for one in successors for found in _became(units, one, day)}


def _unit_on(units: dict[str, tuple[str, str, list[str]]], unit: str, day: str) -> str:
    became = _became(units, unit, day)
    return became.pop() if len(became) == 1 else unit
