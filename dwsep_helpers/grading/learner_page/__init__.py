"""The page that a learner gets back: what each exercise earned and why, then the notebook."""
