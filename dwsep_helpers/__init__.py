"""Depthwise separable convolution, from 2D convolution to MobileNet: the course's helpers.

Importing the package needs NumPy alone and takes a fraction of a second; what needs
matplotlib, ipywidgets or torch loads where it is used (``from dwsep_helpers import figures``).
"""

__version__ = "0.1.0"
