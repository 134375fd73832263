"""Settings of gunicorn; docs/operations.md lists the environment variables."""

import os
import subprocess
import sys
import time

# Before the workers are forked, so that they share its memory.
import peptidesite.consent.limits  # noqa: F401

# What workers keep of pages, they keep until the next start.
os.environ["STARTED_AT"] = str(int(time.time()))

wsgi_app = "peptidesite.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
loglevel = "warning"
control_socket_disable = True
# By default gunicorn takes SCRIPT_NAME from the header of a peer on this machine.
forwarder_headers = ""

# What runs beside the server, and every how many seconds it looks.
BESIDE = {"publish_due": "60", "send_mail": "10"}
beside = []


def when_ready(server):
    for command, seconds in BESIDE.items():
        arguments = [sys.executable, "manage.py", command, "--every", seconds]
        beside.append(subprocess.Popen(arguments))
    print(
        f"The site: http://{bind}/\nThe desk: http://{bind}/admin/\nCtrl-C ends it.", flush=True
    )


def on_exit(server):
    for process in beside:
        process.terminate()
