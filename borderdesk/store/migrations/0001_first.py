"""Make every table of the first release; frozen, independent of today's models."""

from typing import Any

TABLES = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE revision (
    seq INTEGER PRIMARY KEY,
    id BLOB UNIQUE NOT NULL,
    type TEXT NOT NULL,
    record TEXT NOT NULL,
    number INTEGER NOT NULL,
    parents BLOB NOT NULL,
    author TEXT NOT NULL,
    desk TEXT NOT NULL,
    time TEXT NOT NULL,
    reason TEXT,
    deleted INTEGER NOT NULL,
    body TEXT
);
CREATE INDEX revision_record_number ON revision (record, number);
CREATE TABLE private_part (
    revision INTEGER PRIMARY KEY REFERENCES revision (seq) ON DELETE CASCADE,
    salt BLOB NOT NULL,
    part TEXT NOT NULL
);
CREATE TABLE soft_warning (
    record TEXT PRIMARY KEY,
    doubts TEXT NOT NULL
);
CREATE TABLE household_group (
    member TEXT PRIMARY KEY,
    leader TEXT NOT NULL
);
CREATE INDEX household_group_leader ON household_group (leader);
CREATE TABLE unit (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT NOT NULL,
    border INTEGER NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    successors TEXT NOT NULL
);
CREATE INDEX unit_code ON unit (code);
CREATE TABLE post (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    gate TEXT NOT NULL,
    communes TEXT NOT NULL,
    communes_verified INTEGER NOT NULL,
    invented INTEGER NOT NULL
);
CREATE TABLE marker (
    marker TEXT PRIMARY KEY,
    post TEXT NOT NULL,
    commune TEXT NOT NULL,
    invented INTEGER NOT NULL
);
CREATE TABLE hamlet (
    commune TEXT NOT NULL,
    name TEXT NOT NULL,
    is_border INTEGER NOT NULL,
    households_total INTEGER,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    PRIMARY KEY (commune, name, valid_from)
);
CREATE TABLE pick_entry (
    list TEXT NOT NULL,
    code TEXT NOT NULL,
    vi TEXT NOT NULL,
    en TEXT NOT NULL,
    unit TEXT NOT NULL,
    PRIMARY KEY (list, code)
);
CREATE TABLE setting (
    key TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (key, valid_from)
);
CREATE TABLE regulation (
    number TEXT NOT NULL,
    year INTEGER NOT NULL,
    parties TEXT NOT NULL,
    signed_on TEXT NOT NULL,
    PRIMARY KEY (number, year)
);
CREATE TABLE clause (
    id INTEGER PRIMARY KEY,
    regulation TEXT NOT NULL,
    year INTEGER NOT NULL,
    no TEXT NOT NULL,
    text TEXT NOT NULL,
    indicator TEXT NOT NULL,
    rule TEXT NOT NULL,
    value TEXT NOT NULL,
    scope TEXT NOT NULL
);
CREATE INDEX clause_year ON clause (year);
CREATE TABLE baseline (
    indicator TEXT NOT NULL,
    period TEXT NOT NULL,
    scope TEXT NOT NULL,
    value TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (indicator, period, scope)
);
CREATE TABLE patrol (
    row INTEGER PRIMARY KEY,
    id TEXT UNIQUE NOT NULL,
    revision INTEGER NOT NULL REFERENCES revision (seq),
    post TEXT,
    source_ref TEXT,
    tags TEXT,
    with_posts TEXT,
    note TEXT,
    kind TEXT,
    started_on TEXT,
    ended_on TEXT,
    from_marker TEXT,
    to_marker TEXT,
    communes TEXT,
    participants INTEGER,
    of_whom_guards INTEGER,
    of_whom_militia INTEGER,
    of_whom_police INTEGER,
    of_whom_residents INTEGER,
    foreign_participants INTEGER,
    leader TEXT,
    result TEXT,
    findings TEXT
);
CREATE INDEX patrol_summary ON patrol (started_on, post, kind, participants);
CREATE INDEX patrol_joint ON patrol (started_on) WHERE with_posts IS NOT NULL;
CREATE TABLE patrol_inspected (
    row INTEGER NOT NULL REFERENCES patrol (row) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    marker TEXT,
    condition TEXT,
    remark TEXT,
    PRIMARY KEY (row, place)
) WITHOUT ROWID;
CREATE TABLE patrol_communes (
    row INTEGER NOT NULL REFERENCES patrol (row) ON DELETE CASCADE,
    unit TEXT NOT NULL,
    PRIMARY KEY (row, unit)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE patrol_search USING fts5 (
    words, content='', contentless_delete=1, detail='none', prefix='2 3',
    tokenize="unicode61 remove_diacritics 0 tokenchars '/'"
);
CREATE TABLE clearing (
    row INTEGER PRIMARY KEY,
    id TEXT UNIQUE NOT NULL,
    revision INTEGER NOT NULL REFERENCES revision (seq),
    post TEXT,
    source_ref TEXT,
    tags TEXT,
    with_posts TEXT,
    note TEXT,
    kind TEXT,
    started_on TEXT,
    ended_on TEXT,
    commune TEXT,
    hamlet TEXT,
    from_marker TEXT,
    to_marker TEXT,
    times INTEGER,
    participants INTEGER,
    of_whom_guards INTEGER,
    of_whom_militia INTEGER,
    of_whom_residents INTEGER,
    labour_days INTEGER,
    length_m INTEGER
);
CREATE INDEX clearing_summary
    ON clearing (started_on, post, commune, times, participants, length_m, labour_days);
CREATE INDEX clearing_joint ON clearing (started_on) WHERE with_posts IS NOT NULL;
CREATE VIRTUAL TABLE clearing_search USING fts5 (
    words, content='', contentless_delete=1, detail='none', prefix='2 3',
    tokenize="unicode61 remove_diacritics 0 tokenchars '/'"
);
CREATE TABLE track (
    row INTEGER PRIMARY KEY,
    id TEXT UNIQUE NOT NULL,
    revision INTEGER NOT NULL REFERENCES revision (seq),
    post TEXT,
    source_ref TEXT,
    tags TEXT,
    with_posts TEXT,
    note TEXT,
    completed_on TEXT,
    commune TEXT,
    count INTEGER,
    width_m INTEGER,
    surface TEXT,
    labour_days INTEGER,
    cost_vnd INTEGER
);
CREATE INDEX track_summary
    ON track (completed_on, post, commune, count, labour_days, cost_vnd);
CREATE INDEX track_joint ON track (completed_on) WHERE with_posts IS NOT NULL;
CREATE TABLE track_line (
    row INTEGER NOT NULL REFERENCES track (row) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    marker TEXT,
    length_m INTEGER,
    PRIMARY KEY (row, place)
) WITHOUT ROWID;
CREATE TABLE track_funder (
    row INTEGER NOT NULL REFERENCES track (row) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    name TEXT,
    amount_vnd INTEGER,
    in_kind TEXT,
    PRIMARY KEY (row, place)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE track_search USING fts5 (
    words, content='', contentless_delete=1, detail='none', prefix='2 3',
    tokenize="unicode61 remove_diacritics 0 tokenchars '/'"
);
CREATE TABLE outreach (
    row INTEGER PRIMARY KEY,
    id TEXT UNIQUE NOT NULL,
    revision INTEGER NOT NULL REFERENCES revision (seq),
    post TEXT,
    source_ref TEXT,
    tags TEXT,
    with_posts TEXT,
    note TEXT,
    form TEXT,
    held_on TEXT,
    commune TEXT,
    hamlet TEXT,
    sessions INTEGER,
    attendance INTEGER,
    topics TEXT,
    partners TEXT,
    leaflets INTEGER,
    document_sets INTEGER
);
CREATE INDEX outreach_summary
    ON outreach (
        held_on, post, commune, form, sessions, attendance, leaflets, document_sets, hamlet);
CREATE INDEX outreach_joint ON outreach (held_on) WHERE with_posts IS NOT NULL;
CREATE TABLE outreach_other_place (
    row INTEGER NOT NULL REFERENCES outreach (row) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    commune TEXT,
    hamlet TEXT,
    attendance INTEGER,
    PRIMARY KEY (row, place)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE outreach_search USING fts5 (
    words, content='', contentless_delete=1, detail='none', prefix='2 3',
    tokenize="unicode61 remove_diacritics 0 tokenchars '/'"
);
CREATE TABLE pledge (
    row INTEGER PRIMARY KEY,
    id TEXT UNIQUE NOT NULL,
    revision INTEGER NOT NULL REFERENCES revision (seq),
    post TEXT,
    source_ref TEXT,
    tags TEXT,
    with_posts TEXT,
    note TEXT,
    signed_on TEXT,
    programme TEXT,
    count INTEGER,
    household TEXT,
    commune TEXT,
    hamlet TEXT,
    witness TEXT,
    place TEXT
);
CREATE INDEX pledge_summary ON pledge (signed_on, post, place, household, count);
CREATE INDEX pledge_by_household ON pledge (household, signed_on, programme, post, place);
CREATE INDEX pledge_joint ON pledge (signed_on) WHERE with_posts IS NOT NULL;
CREATE VIRTUAL TABLE pledge_search USING fts5 (
    words, content='', contentless_delete=1, detail='none', prefix='2 3',
    tokenize="unicode61 remove_diacritics 0 tokenchars '/'"
);
CREATE TABLE registration (
    row INTEGER PRIMARY KEY,
    id TEXT UNIQUE NOT NULL,
    revision INTEGER NOT NULL REFERENCES revision (seq),
    post TEXT,
    source_ref TEXT,
    tags TEXT,
    with_posts TEXT,
    note TEXT,
    subject TEXT,
    household TEXT,
    name TEXT,
    commune TEXT,
    hamlet TEXT,
    from_on TEXT,
    to_on TEXT,
    from_marker TEXT,
    to_marker TEXT,
    length_km INTEGER,
    members INTEGER
);
CREATE INDEX registration_summary
    ON registration (from_on, to_on, post, subject, commune, household);
CREATE INDEX registration_by_household ON registration (household);
CREATE INDEX registration_joint ON registration (from_on) WHERE with_posts IS NOT NULL;
CREATE VIRTUAL TABLE registration_search USING fts5 (
    words, content='', contentless_delete=1, detail='none', prefix='2 3',
    tokenize="unicode61 remove_diacritics 0 tokenchars '/'"
);
CREATE TABLE programme (
    row INTEGER PRIMARY KEY,
    id TEXT UNIQUE NOT NULL,
    revision INTEGER NOT NULL REFERENCES revision (seq),
    post TEXT,
    source_ref TEXT,
    tags TEXT,
    with_posts TEXT,
    note TEXT,
    programme TEXT,
    done_on TEXT,
    commune TEXT,
    hamlet TEXT,
    from_marker TEXT,
    to_marker TEXT,
    quantity INTEGER,
    length_km INTEGER,
    participants INTEGER,
    households INTEGER,
    labour_days INTEGER,
    cost_vnd INTEGER
);
CREATE INDEX programme_summary
    ON programme (done_on, post, commune, programme, quantity, labour_days, cost_vnd);
CREATE INDEX programme_joint ON programme (done_on) WHERE with_posts IS NOT NULL;
CREATE TABLE programme_funder (
    row INTEGER NOT NULL REFERENCES programme (row) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    name TEXT,
    amount_vnd INTEGER,
    in_kind TEXT,
    PRIMARY KEY (row, place)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE programme_search USING fts5 (
    words, content='', contentless_delete=1, detail='none', prefix='2 3',
    tokenize="unicode61 remove_diacritics 0 tokenchars '/'"
);
CREATE TABLE coordination (
    row INTEGER PRIMARY KEY,
    id TEXT UNIQUE NOT NULL,
    revision INTEGER NOT NULL REFERENCES revision (seq),
    post TEXT,
    source_ref TEXT,
    tags TEXT,
    with_posts TEXT,
    note TEXT,
    kind TEXT,
    happened_on TEXT,
    times INTEGER,
    channel TEXT,
    counterpart TEXT,
    level TEXT,
    partner TEXT,
    commune TEXT,
    subject TEXT,
    outcome TEXT
);
CREATE INDEX coordination_summary
    ON coordination (happened_on, post, commune, kind, times);
CREATE INDEX coordination_joint ON coordination (happened_on) WHERE with_posts IS NOT NULL;
CREATE VIRTUAL TABLE coordination_search USING fts5 (
    words, content='', contentless_delete=1, detail='none', prefix='2 3',
    tokenize="unicode61 remove_diacritics 0 tokenchars '/'"
);
CREATE TABLE incident (
    row INTEGER PRIMARY KEY,
    id TEXT UNIQUE NOT NULL,
    revision INTEGER NOT NULL REFERENCES revision (seq),
    post TEXT,
    source_ref TEXT,
    tags TEXT,
    with_posts TEXT,
    note TEXT,
    happened_on TEXT,
    commune TEXT,
    category TEXT,
    persons INTEGER,
    from_tip INTEGER,
    handling TEXT,
    fine_vnd INTEGER,
    status TEXT,
    closed_on TEXT
);
CREATE INDEX incident_summary
    ON incident (happened_on, post, commune, persons, from_tip, fine_vnd, status, closed_on);
CREATE INDEX incident_by_closed_on ON incident (closed_on, status, post, commune);
CREATE INDEX incident_by_status
    ON incident (status, happened_on, closed_on, post, commune);
CREATE INDEX incident_joint ON incident (happened_on) WHERE with_posts IS NOT NULL;
CREATE VIRTUAL TABLE incident_search USING fts5 (
    words, content='', contentless_delete=1, detail='none', prefix='2 3',
    tokenize="unicode61 remove_diacritics 0 tokenchars '/'"
);
CREATE TABLE household (
    row INTEGER PRIMARY KEY,
    id TEXT UNIQUE NOT NULL,
    revision INTEGER NOT NULL REFERENCES revision (seq),
    head TEXT,
    commune TEXT,
    hamlet TEXT,
    phone TEXT,
    citizen_id TEXT,
    purpose TEXT,
    review_on TEXT,
    valid_from TEXT,
    valid_to TEXT,
    merged_into TEXT,
    note TEXT,
    head_key TEXT,
    hamlet_key TEXT,
    match_key TEXT,
    like_key TEXT
);
CREATE INDEX household_by_head_key ON household (head_key);
CREATE INDEX household_by_hamlet_key ON household (hamlet_key);
CREATE INDEX household_by_commune_head ON household (commune, head_key);
CREATE INDEX household_by_match_key ON household (match_key);
CREATE INDEX household_by_like_key ON household (like_key);
CREATE INDEX household_by_citizen_id ON household (citizen_id);
CREATE INDEX household_by_merged_into ON household (merged_into);
CREATE VIRTUAL TABLE household_search USING fts5 (
    words, content='', contentless_delete=1, detail='none', prefix='2 3',
    tokenize="unicode61 remove_diacritics 0 tokenchars '/'"
);
"""


def up(_migrator: Any, db: Any) -> None:
    """Run on an empty file."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            db.execute_sql(statement)
