"""The instructor's side: what this course adds to nbgrader.

`sanitize`, `execute` and `feedback` are preprocessors that ``nbgrader_config.py`` puts in place
of nbgrader's own, one module for each stage a submission goes through. `demo` grades a class of
examples (`examples`) with plain nbgrader commands (`commands`) and prints its scores (`scores`).
"""
