"""The course for nbgrader. Settings of your own come below: they add to these, or replace them."""

from dwsep_helpers.grading import settings

c = get_config()  # noqa: F821 - nbgrader defines it
settings.configure(c)

# What being late costs: such as 10 percent of the points for each day that has begun.
# c.LateRule.percent_per_day = 10
# c.LateRule.grace_minutes = 15
# c.LateRule.most_percent = 50
