"""Compiled kernels: arrays in, arrays out; no nouns, no exceptions.

The mathematics is C in ``core/c`` (one file a method, compiled once for each
instruction set and chosen at run time); each ``_NAME.pyx`` here is the Python
side of one of them. Only `hedgekit.pricing` calls these modules.
"""
