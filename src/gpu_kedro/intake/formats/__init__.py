"""Each kind of file: Excel, Parquet and text."""
