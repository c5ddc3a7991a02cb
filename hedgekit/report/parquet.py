"""Rows as parquet, with what they rest on in the file's metadata."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

from hedgekit.errors import MissingExtra
from hedgekit.report.files import write_bytes
from hedgekit.results import plain

if TYPE_CHECKING:
    from hedgekit.results import Result

METADATA = b"hedgekit"
"""Key under which the file's metadata hold schema, inputs and warnings as JSON."""


def write_parquet(path: Path, result: Result) -> None:
    """Write an answer's rows to a parquet file, whole or not at all.

    Raises
    ------
    MissingExtra
        When pyarrow is not installed.
    OSError
        Names `path`.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra(f"{path}: writing parquet needs pyarrow: pip install pyarrow") from None
    told = {
        "schema": f"hedgekit.{result.schema_name}/1",
        "inputs": plain(result.inputs),
        "warnings": plain(result.warnings),
    }
    table = pyarrow.Table.from_pylist([dict(row) for row in result.records()])
    table = table.replace_schema_metadata({METADATA: json.dumps(told).encode()})
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink)
    write_bytes(path, sink.getvalue())
