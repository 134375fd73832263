import os

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peptidesite.settings")


def utf8_only(application):
    """Refuse a request in another encoding before Django tries to read it.

    Some that Python knows are no encodings of text, and no view could answer their error.
    """

    def wrapped(environ, start_response):
        _, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        if parameters.get("charset", "utf-8").lower() in ("utf-8", "utf8"):
            return application(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"Send the request in UTF-8.\n"]

    return wrapped


application = utf8_only(get_wsgi_application())
