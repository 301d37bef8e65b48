"""Formgrader as a service of JupyterHub, for those who teach: a page in a tab of its own.

It is a Jupyter server that runs as the account ``grader`` in the course's folder. Who teaches is in
the system's group ``instructors``.
"""

import grp

c = get_config()  # noqa: F821 - JupyterHub defines it

PROGRAMS = "/opt/dwsep/bin"
COURSE = "/srv/dwsep/course"
TEACHERS = grp.getgrnam("instructors").gr_mem

c.JupyterHub.load_groups.update({"instructors": {"users": TEACHERS}})
c.JupyterHub.load_roles.append(
    {
        "name": "instructors",
        "groups": ["instructors"],
        "scopes": [f"{may}:services!service=formgrader" for may in ("access", "list", "read")],
    }
)
c.JupyterHub.services.append(
    {
        "name": "formgrader",
        "user": "grader",
        "cwd": COURSE,
        "url": "http://127.0.0.1:8082",
        "command": [
            f"{PROGRAMS}/jupyterhub-singleuser",
            f"--ServerApp.root_dir={COURSE}",
            "--ServerApp.default_url=/formgrader",
            "--ServerApp.jpserver_extensions=nbgrader.server_extensions.formgrader=True",
        ],
        "environment": {
            "HOME": "/srv/dwsep/grader",
            "PATH": f"{PROGRAMS}:/usr/local/bin:/usr/bin:/bin",
        },
        "oauth_no_confirm": True,
    }
)
