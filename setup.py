"""The compiled kernels and their build switches; everything else is in pyproject.toml.

Switches (environment variables):
    HEDGEKIT_SANITIZE=1   address and undefined-behaviour sanitizers, -O1 -g
    HEDGEKIT_WERROR=1     compiler warnings in our own C are errors
"""

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError, PlatformError

CORE = Path("hedgekit") / "core"

# extension module NAME -> core/NAME.pyx and every C file core/c/NAME*.c (without the leading underscore)
EXTENSIONS = (
    "_american",
    "_cash_dividends",
    "_european",
    "_finder",
    "_kalman",
    "_kinds",
    "_optimum",
    "_rolling",
    "_unit_root",
)

NO_COMPILER = """
hedgekit needs a C compiler to build its pricing core, and '{compiler}' did not work:
  {error}
Install one and try again:
  Debian/Ubuntu  apt install build-essential python3-dev
  Fedora         dnf install gcc python3-devel
  macOS          xcode-select --install
  Windows        use WSL: the kernels need gcc or clang
"""


def compile_args() -> list[str]:
    """Return flags that are safe for NaN: never -ffast-math, never -march=native.

    Python's own -fwrapv costs the kernels 3 to 5%; no signed integer of theirs overflows (`make sanitize` checks it).
    """
    if os.environ.get("HEDGEKIT_SANITIZE"):
        checks = ["-fno-wrapv", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
        return ["-O1", "-g", "-fno-omit-frame-pointer", *checks]
    flags = ["-O3", "-std=gnu11", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-fno-wrapv"]
    return [*flags, "-Wall", "-Werror"] if os.environ.get("HEDGEKIT_WERROR") else flags


def link_args() -> list[str]:
    """Return the linker flags that go with `compile_args`."""
    return ["-fsanitize=address,undefined"] if os.environ.get("HEDGEKIT_SANITIZE") else []


class BuildExt(build_ext):
    """Build on every core, and say in a sentence that the compiler is missing instead of ending in a traceback."""

    def finalize_options(self) -> None:
        """Compile the extensions side by side."""
        super().finalize_options()
        self.parallel = self.parallel or os.cpu_count()

    def build_extensions(self) -> None:
        """Build every extension, or stop with the remedy."""
        try:
            super().build_extensions()
        except (CompileError, PlatformError, FileNotFoundError) as error:
            compiler = getattr(self.compiler, "compiler", ["cc"])[0]
            sys.exit(NO_COMPILER.format(compiler=compiler, error=error))


def extensions() -> list[Extension]:
    """Return one extension a kernel module, rebuilt when any kernel header changes."""
    headers = sorted(str(p) for p in (CORE / "c").glob("*.h"))
    return [
        Extension(
            f"hedgekit.core.{name}",
            [str(CORE / f"{name}.pyx"), *(str(path) for path in sorted((CORE / "c").glob(f"{name.lstrip('_')}*.c")))],
            include_dirs=[str(CORE / "c")],
            depends=headers,
            extra_compile_args=compile_args(),
            extra_link_args=link_args(),
        )
        for name in EXTENSIONS
    ]


setup(
    ext_modules=cythonize(
        extensions(),
        language_level=3,
        compiler_directives={
            "boundscheck": False,
            "wraparound": False,
            "cdivision": True,
            "initializedcheck": False,
            "embedsignature": True,
        },
    ),
    cmdclass={"build_ext": BuildExt},
)
