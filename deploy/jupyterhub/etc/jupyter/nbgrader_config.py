"""Where everybody on this machine finds what is handed out and puts what is handed in."""

c = get_config()  # noqa: F821 - nbgrader defines it
c.CourseDirectory.course_id = "dwsep"
c.Exchange.root = "/srv/dwsep/exchange"
