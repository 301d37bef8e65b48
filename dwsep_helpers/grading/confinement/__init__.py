"""Kernels that learners' code runs in: quick to start, and able to harm nothing.

A :mod:`room` is the folder that kernels run in and all that they are given. :mod:`provisioner` has
Jupyter start them there, forked by a :mod:`forking_parent` that has imported everything already, or
anew by :mod:`confined_kernel`. :mod:`sandbox` is what confines them; :mod:`quota` is its limit on
disk space.
"""
