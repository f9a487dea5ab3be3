"""Makes files for Schemathesis: good ones, and bytes that are none."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import schemathesis
from hypothesis import strategies as st

_FILE = io.BytesIO()
pq.write_table(pa.table({"name": ["GeForce RTX 3070", None], "tdp_w": [220.0, -1.0]}), _FILE)
_CSV = b"name,tdp_w\nGeForce RTX 3070,220\n,\n"

schemathesis.openapi.media_type("application/vnd.apache.parquet", st.just(_FILE.getvalue()) | st.binary(max_size=50))
schemathesis.openapi.media_type("text/csv", st.just(_CSV) | st.text(max_size=50).map(lambda text: text.encode()))
