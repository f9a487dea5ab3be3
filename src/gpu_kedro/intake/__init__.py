"""Reads tables as people have them: CSV, TSV, Excel, Parquet, under their own headers and conventions.

`table.open_table` is the one reader; the command line, the service, the app and Kedro's datasets all call it. Nothing
here knows what a GPU is: the caller says which fields it wants, and what its names look like.
"""
