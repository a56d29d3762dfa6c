"""The descriptor of a package: the facts it states, and the tables it lists."""

import json
import math
from collections.abc import Mapping
from typing import Any

from borderdesk.base.periods import is_day
from borderdesk.exchange.format.package_errors import damaged_package, newer_package
from borderdesk.exchange.format.package_tables import FIRST_FORMAT, FORMAT
from borderdesk.exchange.format.text_forms import (
    DESK_ID,
    HASH,
    LOG_NAME,
    PERIOD,
    TIME,
    UNIT_CODE,
    is_short,
)
from borderdesk.schema.log_entries import ChainHead
from borderdesk.store.connection.database import SCHEMA_VERSION


def parse_descriptor(content: bytes) -> dict[str, Any]:
    """The descriptor as an object of JSON. Raises PackageError."""
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        raise damaged_package() from None
    if not isinstance(parsed, dict):
        raise damaged_package()
    return parsed


def are_figures(parsed: dict[str, Any]) -> bool:
    """Whether an object of JSON has the form of figures by indicator."""
    return len(parsed) <= 1_000 and all(
        len(key) <= 100 and (value is None or _is_figure(value)) for key, value in parsed.items()
    )


def _is_figure(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and abs(value) <= 10**15


def _is_holding(parsed: dict[str, Any]) -> bool:
    return len(parsed) <= MAX_LOGS and all(
        LOG_NAME.fullmatch(log)
        and type(head) is list
        and len(head) == 2
        and type(head[0]) is int
        and 0 < head[0] < 10**12
        and type(head[1]) is str
        and HASH.fullmatch(head[1])
        for log, head in parsed.items()
    )


MAX_LOGS = 20_000
"""The limit of logs in a holding."""
FACT_RULES: Mapping[str, tuple[type, Any]] = {
    "desk": (str, DESK_ID.fullmatch), "unit": (str, UNIT_CODE.fullmatch),
    "role": (str, ("post", "liaison", "province").__contains__), "title": (str, is_short),
    "period": (str, PERIOD.fullmatch), "first": (str, is_day), "last": (str, is_day),
    "number": (int, range(1, 10**9).__contains__), "schema": (int, range(1, 10**6).__contains__),
    "program": (str, is_short), "made": (str, TIME.fullmatch), "scope": (str, is_short),
    "figures": (dict, are_figures), "records": (int, range(10**9).__contains__),
    "with_private": (bool, (False, True).__contains__),
    "invented": (bool, (False, True).__contains__),
    "receiver": (str, is_short), "holding": (dict, _is_holding),
}  # fmt: skip
"""{fact: (its type in JSON, the predicate its value must pass)}."""


def facts_of(parsed: dict[str, Any]) -> dict[str, Any]:
    """The facts that a descriptor states of its package. Raises PackageError."""
    facts = parsed.get("borderdesk")
    if not isinstance(facts, dict):
        raise damaged_package()
    form, schema = facts.get("format"), facts.get("schema")
    if type(form) is int and form > FORMAT:
        raise newer_package(facts.get("program"))
    if type(schema) is int and schema > SCHEMA_VERSION:
        raise newer_package(facts.get("program"))
    if form not in (FIRST_FORMAT, FORMAT):
        raise damaged_package()
    if form == FIRST_FORMAT:
        facts = {**facts, "receiver": "", "holding": {}}
    for key, (kind, fits) in FACT_RULES.items():
        if type(facts.get(key)) is not kind or not fits(facts[key]):
            raise damaged_package()
    if facts["first"] > facts["last"]:
        raise damaged_package()
    return {"format": form, **{key: facts[key] for key in FACT_RULES}}


def sender_holding(facts: Mapping[str, Any]) -> dict[str, ChainHead]:
    """The holding of a package's sender."""
    return {
        log: ChainHead(number, bytes.fromhex(chain))
        for log, (number, chain) in facts["holding"].items()
    }


def listed_tables(parsed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """{path: the entry of that table in the descriptor}. Raises PackageError."""
    listed = parsed.get("resources")
    if not isinstance(listed, list) or not all(_is_resource(resource) for resource in listed):
        raise damaged_package()
    by_path = {resource["path"]: resource for resource in listed}
    if len(by_path) != len(listed):
        raise damaged_package()
    return by_path


def _is_resource(resource: Any) -> bool:
    if not isinstance(resource, dict):
        return False
    path, size, digest = resource.get("path"), resource.get("bytes"), resource.get("hash")
    return type(path) is str and type(size) is int and size >= 0 and type(digest) is str
