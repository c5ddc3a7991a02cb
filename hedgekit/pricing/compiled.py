"""The compiled kernels, or a sentence that says why they do not load."""

from hedgekit.errors import InputError, NotBuiltError

try:
    from hedgekit.core import _american as american
    from hedgekit.core import _cash_dividends as cash_dividends
    from hedgekit.core import _european as european
    from hedgekit.kinds import SIGNS, signs
except ImportError as error:
    raise NotBuiltError(
        f"the compiled pricing core does not load ({error}). In a checkout, build it with 'pip install -e .', "
        "or leave the folder so that Python finds the installed hedgekit"
    ) from None
except ValueError as error:
    raise InputError(f"HEDGEKIT_ISA: {error}") from None

__all__ = ["SIGNS", "american", "cash_dividends", "european", "signs"]
