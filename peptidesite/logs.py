import logging
import re

SECRET = re.compile(r"(/opinions/)[^\s/]+")


class WithoutSecrets(logging.Filter):
    """Takes the secret of an expert's link out of what is logged of a request."""

    def filter(self, record):
        record.msg, record.args = SECRET.sub(r"\1…", record.getMessage()), ()
        return True
