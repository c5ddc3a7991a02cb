"""A picture of an answer for notebooks: what `Result.plot` returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgekit.errors import InputError, MissingExtra

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from hedgekit.results import Result


def plot(result: Result, name: str | None = None) -> go.Figure:
    """Return one of the pictures of an answer's page as a plotly figure.

    Parameters
    ----------
    result : Result
    name : str, optional
        The first when not given.

    Raises
    ------
    InputError
        For an answer without pictures, or a name it has not.
    MissingExtra
        When plotly is absent.
    """
    try:
        import plotly.graph_objects as go
    except ModuleNotFoundError:
        raise MissingExtra("a picture needs plotly: pip install 'hedgekit[report]'") from None
    from hedgekit.report.page import figures

    shown = {figure.name: figure for figure in figures(result.to_dict())}
    if not shown:
        raise InputError(f"{result.schema_name}: this answer has no picture; use to_frame()")
    if name is not None and name not in shown:
        raise InputError(f"name is {name!r}: this answer has {', '.join(shown)}")
    chosen = shown[name] if name is not None else next(iter(shown.values()))
    return go.Figure(data=chosen.data, layout={"height": chosen.height, **chosen.layout})
