"""Locked processes, in which what learners wrote is read and run: quick, and able to harm nothing.

A :mod:`forking_parent` has imported everything already; each fork of it is a :mod:`keeper`, which
does one task in a locked process and starts kernels for it. :mod:`sandbox` is the lock, made of
:mod:`landlock`, :mod:`system_calls` and limits; :mod:`quota` has the limits that Linux doesn't set,
:mod:`namespaces` is a second wall. A :mod:`room` is the folder that kernels run in;
:mod:`provisioner` has Jupyter start them there, and :mod:`confined_kernel` is what they run.
"""
