"""The vol surface of a chain: smiles without static arbitrage, between them at any strike and date."""

from __future__ import annotations

from hedgekit.market.surface.fitting import fit as fit
from hedgekit.market.surface.surface import Slice as Slice
from hedgekit.market.surface.surface import Surface as Surface
