"""One module per section of a report page: figures become words, tables and charts."""
