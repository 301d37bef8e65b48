"""JupyterHub for one class on one machine; README.md beside it says what is set up before."""

from pathlib import Path

c = get_config()  # noqa: F821 - JupyterHub defines it

# Behind a web server that has the certificate.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.hub_port = 8081

# Whoever has an account on this machine, with its password.
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allow_all = True

c.Spawner.cmd = ["/opt/dwsep/bin/jupyterhub-singleuser"]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {"PATH": "/opt/dwsep/bin:/usr/local/bin:/usr/bin:/bin"}

load_subconfig(str(Path(__file__).with_name("formgrader.py")))  # noqa: F821 - it defines this, too
