# The instruction set of one kernel. The module that includes this names the C functions `kernel_level()` and
# `set_kernel_level(level)`, which returns 0 or -1 when this processor or build lacks the level.
import os

_LEVELS = ("baseline", "avx2", "avx512")


def isa() -> str:
    """Return the instruction set in use."""
    return _LEVELS[kernel_level()]


def available_isas() -> tuple[str, ...]:
    """Return the instruction sets that this build and processor can run, weakest first."""
    cdef int in_use = kernel_level()
    names = tuple(name for level, name in enumerate(_LEVELS) if set_kernel_level(level) == 0)
    set_kernel_level(in_use)
    return names


def set_isa(name: str) -> None:
    """Use the instruction set `name` from now on.

    Raises
    ------
    ValueError
        When the name is unknown or this processor lacks it.
    """
    if name not in _LEVELS or set_kernel_level(_LEVELS.index(name)) != 0:
        raise ValueError(f"instruction set {name!r} is not available here; choose one of {', '.join(available_isas())}")


set_isa(os.environ.get("HEDGEKIT_ISA") or max(available_isas(), key=_LEVELS.index))
