from typing import Any

import numpy as np
from numpy.typing import NDArray

def read_objects(objects: list[Any] | tuple[Any, ...] | NDArray[Any], sign: NDArray[np.int8]) -> None: ...
def read_points(points: NDArray[np.uint32], sign: NDArray[np.int8]) -> None: ...
