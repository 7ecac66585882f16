"""Where it is kept: SQL, migrations, expiring tables, leases; SQLite and PostgreSQL behind one face."""
