"""Lists with hostile cells, in the formats of spreadsheet programs."""

import csv
import datetime
import io
import json
import random
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.core.sheets.sheet_files import write_ods
from tests.factories import example
from tests.soak import hostile

Cell = str | float | datetime.date
_CHARSETS = ("utf-8", "utf-8-sig", "utf-16", "cp1258")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TITLES: tuple[list[Cell], ...] = (
    ["DANH SÁCH NĂM 2023"],
    [],
    ["Xã Cao Lâu"],
    ["Đơn vị tính: nghìn đồng"],
)
_BETWEEN: tuple[list[Cell], ...] = (
    ["Cộng"], ["Tổng cộng", "12"], [], ["Xã Xuất Lễ"], ["1", "2", "3"], ["nt", '"'],
    ["I", "Thôn Nà Mỏ", "2 hộ"], ["", "", "chưa ký"], ["ngày 5 tháng 3 năm 2023"],
)  # fmt: skip
MOST_ROWS = 30


def hostile_list(chance: random.Random, kind: str) -> tuple[str, bytes]:
    """(file name, bytes) of a list of a type's records with some corrupted cells."""
    records = [_flat(example(kind, n)) for n in range(chance.randint(1, MOST_ROWS))]
    head = [*records[0]]
    if chance.random() < 0.2:
        head[chance.randrange(len(head))] = hostile.text(chance, head[0])
    if chance.random() < 0.2:
        head[chance.randrange(len(head))] = chance.choice(("", "Quan hệ", "Ký cam kết", head[0]))
    beside = chance.choice((1, 1, 1, 2, 3))
    rows: list[Sequence[Cell]] = [row for row in _TITLES if chance.random() < 0.2]
    rows.append(head * beside)
    for record in records:
        rows.append([_bent(chance, v) for _table in range(beside) for v in record.values()])
        if chance.random() < 0.1:
            rows.append(chance.choice(_BETWEEN))
    ending = chance.choice(("csv", "xlsx", "ods"))
    return f"list.{ending}", {"csv": _csv, "xlsx": _xlsx, "ods": _ods}[ending](chance, rows)


def _flat(record: Mapping[str, Any]) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            cells |= {f"{key}.{part}": str(one) for part, one in value.items()}
        elif isinstance(value, list):
            several = value and isinstance(value[0], str)
            cells[key] = ";".join(value) if several else json.dumps(value, ensure_ascii=False)
        else:
            cells[key] = value if isinstance(value, int | float) else str(value or "")
    return cells


def _bent(chance: random.Random, value: Cell) -> Cell:
    if chance.random() < 0.9:
        return value
    if chance.random() < 0.3:
        return chance.choice((-1.0, 1e15, 1e300, 45_000.5, 0.0, 61.0, datetime.date(1900, 1, 1)))
    return hostile.text(chance, str(value))


def _csv(chance: random.Random, rows: Sequence[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=chance.choice(",;\t"), escapechar="\\")
    writer.writerows(rows)
    return out.getvalue().encode(chance.choice(_CHARSETS), "ignore")


def _xlsx(chance: random.Random, rows: Sequence[Sequence[Cell]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"date_1904": chance.random() < 0.2, "in_memory": True})
    page = book.add_worksheet()
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(number, place, _NOT_XML.sub("", cell)[:32_767])
            elif isinstance(cell, datetime.date):
                page.write_number(number, place, 1, day)
            else:
                page.write_number(number, place, cell)
    book.close()
    return out.getvalue()


def _ods(_chance: random.Random, rows: Sequence[Sequence[Cell]]) -> bytes:
    sound = [[_NOT_XML.sub("", c) if isinstance(c, str) else c for c in row] for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        return write_ods(Path(folder) / "a.ods", sound).read_bytes()
