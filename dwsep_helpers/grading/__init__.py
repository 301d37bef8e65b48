"""The instructor's side: what this course adds to nbgrader.

`cli` is the ``dwsep`` command. `class_run` grades a class: `preflight` finds what was handed in,
`fingerprint` tells what changed, `worker_pool` has processes that grade, and `submission` grades
one submission with nbgrader (`nbgrader_session`). `mending`, `execution` and `feedback` are the
steps that `settings` puts in place of nbgrader's own, whoever starts it; `confinement` is where
learners' code runs.
"""
