"""Write hedgekit/market/sessions.csv: every weekday without a New York session, and every early close.

Run ``python tests/oracles/generate_sessions.py`` when exchange_calendars learns of a new closing; test_sessions.py
compares the shipped table with what this makes.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

FIRST, LAST = "1990-01-01", "2040-12-31"
TABLE = Path(__file__).resolve().parents[2] / "hedgekit" / "market" / "sessions.csv"

# exchange_calendars does not name the closings that follow no rule
ONE_OFF = {
    "1994-04-27": "Day of mourning for Richard Nixon",
    "2001-09-11": "Attacks of 11 September",
    "2001-09-12": "Attacks of 11 September",
    "2001-09-13": "Attacks of 11 September",
    "2001-09-14": "Attacks of 11 September",
    "2004-06-11": "Day of mourning for Ronald Reagan",
    "2007-01-02": "Day of mourning for Gerald Ford",
    "2012-10-29": "Hurricane Sandy",
    "2012-10-30": "Hurricane Sandy",
    "2018-12-05": "Day of mourning for George H. W. Bush",
    "2025-01-09": "Day of mourning for Jimmy Carter",
}
PLAIN_NAMES = {
    "Juneteenth National Independence Day": "Juneteenth",
    "July 4th": "Independence Day",
    "President's Day": "Washington's Birthday",
    "Dr. Martin Luther King Jr. Day": "Martin Luther King Day",
}


def table() -> str:
    """Return the table as CSV text: date, close (empty when shut; New York time), reason."""
    import exchange_calendars
    import pandas as pd

    calendar = exchange_calendars.get_calendar("XNYS", start=FIRST, end=LAST)
    named = calendar.regular_holidays.holidays(FIRST, LAST, return_name=True)
    names = {f"{day:%Y-%m-%d}": PLAIN_NAMES.get(name, name) for day, name in named.items()} | ONE_OFF
    rows = {
        f"{day:%Y-%m-%d}": ("", names[f"{day:%Y-%m-%d}"])
        for day in pd.bdate_range(FIRST, LAST).difference(calendar.sessions)
    }
    for day in calendar.early_closes:
        close = calendar.session_close(day).tz_convert("America/New_York")
        rows[f"{day:%Y-%m-%d}"] = (f"{close:%H:%M}", "Early close")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("date", "close", "reason"))
    writer.writerows((day, *rest) for day, rest in sorted(rows.items()))
    return text.getvalue()


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="ascii")
