"""JupyterHub for one class on one machine; README.md beside it says what is set up before.

Who teaches is in the system's group ``instructors``. Formgrader is a service, a Jupyter server that
runs as the account ``grader`` in the course's folder: teachers open it in a tab of its own.
"""

import grp

c = get_config()  # noqa: F821 - JupyterHub defines it

PROGRAMS = "/opt/dwsep/bin"
COURSE = "/srv/dwsep/course"

# Behind a web server that has the certificate.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.hub_port = 8081

# Whoever has an account on this machine, with its password.
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allow_all = True

c.Spawner.cmd = [f"{PROGRAMS}/jupyterhub-singleuser"]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {"PATH": f"{PROGRAMS}:/usr/local/bin:/usr/bin:/bin"}

c.JupyterHub.load_groups = {"instructors": {"users": grp.getgrnam("instructors").gr_mem}}
c.JupyterHub.load_roles = [
    {
        "name": "instructors",
        "groups": ["instructors"],
        "scopes": [f"{what}:services!service=formgrader" for what in ("access", "list", "read")],
    }
]
c.JupyterHub.services = [
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
]
