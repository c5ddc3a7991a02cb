"""Books of positions from files: one layout a module, recognised by content, never by the file's name.

A module has ``recognises(text) -> bool`` and ``read(text, label) -> Statement``; its line in `READERS` is all the
registration there is. The CSV reader comes last: it takes what no other recognises.
"""

from __future__ import annotations

READERS = {
    "JSON": "hedgekit.risk.readers.json_positions",
    "Interactive Brokers activity statement (CSV)": "hedgekit.risk.readers.ibkr_statement",
    "TOML": "hedgekit.risk.readers.toml_positions",
    "CSV of positions, ours or a broker's (Schwab, Fidelity, Interactive Brokers)": (
        "hedgekit.risk.readers.csv_positions"
    ),
}
