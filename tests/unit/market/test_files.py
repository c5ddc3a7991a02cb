"""Bytes that are none of ours get a sentence that says what they are; text is decoded however it was saved."""

import gzip
import io
import zipfile

import pytest

from hedgekit.errors import DataError
from hedgekit.market.files import decoded, unpacked


def archive(*names):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as made:
        for name in names:
            made.writestr(
                zipfile.ZipInfo(name), "a,b\n1,2\n"
            )  # without the time of day: it would be part of a test's name
    return sink.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7 ...", "a PDF document: fetch the table itself, as CSV"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xd0\xcf\x11\xe0\xa1", "an old Excel workbook: save its sheet as CSV"),
        (b"SQLite format 3\0", "a database: export the table as CSV"),
        (b"ARROW1\0\0", "save it as parquet or CSV"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive, not quotes: unpack it first"),
        (b"<!DOCTYPE html>", "a web page or XML, not quotes"),
        (b"abc\0def", "NUL bytes"),
        (b"\x80\x04\x95\x00", "neither text nor parquet"),
        (b"\xff\xfe\x00", "neither text nor parquet"),
    ],
)
def test_what_is_no_text_is_named(data, said):
    with pytest.raises(DataError, match=said):
        decoded("f", data, "quotes")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_however_it_was_saved(encoding):
    assert decoded("f", "name\u00ae,1\n".encode(encoding), "quotes") == "name\u00ae,1\n"


def test_a_header_in_angle_brackets_is_no_web_page():
    assert decoded("f", b"<TICKER>,<DATE>\n", "prices").startswith("<TICKER>")


def test_one_file_is_taken_out_of_an_archive():
    assert unpacked("f", archive("a.csv", "__MACOSX/a.csv")) == b"a,b\n1,2\n"
    assert unpacked("f", gzip.compress(b"one") + gzip.compress(b"two")) == b"onetwo"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (archive("a.csv", "b.csv"), r"a zip archive of 2 files \(a.csv, b.csv\): unpack it and give one of them"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook: save its sheet as CSV"),
        (archive("content.xml", "mimetype"), "a LibreOffice workbook"),
        (archive("a.csv")[:40], "a broken zip archive"),
        (gzip.compress(b"abc" * 1000, mtime=0)[:-12], "breaks off"),
        (b"\x1f\x8b junk", "a broken gzip archive"),
    ],
)
def test_an_archive_that_cannot_be_used_says_why(data, said):
    with pytest.raises(DataError, match=said):
        unpacked("f", data)
