"""Kernels that learners' code runs in: quick to start, and able to harm nothing.

:mod:`warm` forks them from a process that has imported everything already, :mod:`provisioner`
tells Jupyter so, and :mod:`sandbox` is what they are locked into.
"""
