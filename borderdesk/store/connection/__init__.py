"""The connection to a desk's database: address, cipher, schema, locks, dialect."""
