"""What C prints while a margin is solved does not reach the answer."""

import subprocess
import sys

CODE = """
import ctypes
from hedgekit.margin.quiet import stdout_kept
libc = ctypes.CDLL(None)
print("before")
with stdout_kept():
    libc.printf(b"from below\\n")
print("after")
"""


def test_lines_from_below_python_go_to_stderr():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "before\nafter\n"
    assert done.stderr == "from below\n"


def test_a_closed_standard_output_is_no_fault():
    code = CODE.replace("import ctypes", "import ctypes, os; os.close(1)").replace("print(", "str(")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
