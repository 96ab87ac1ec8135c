"""The register's monthly person-level files to regions and trusts: made, read back, and compared with one's own."""
