"""The database: tables, transactions, stores, views and migrations."""
