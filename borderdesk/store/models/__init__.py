"""Peewee models of the small tables, a module an area: a model class costs 0.3 ms of the start.

Migrations alone make the tables; a test holds the models to what the migrations arrive at. The
models are bound to no database: a `Store` runs their queries (`store.fetch(query)`). The tables
that a person edits are declared elsewhere, as models too: `schema.reference`, `schema.settings`,
`figures.targets`.
"""
