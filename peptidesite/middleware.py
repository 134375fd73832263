"""Who needs what: editors sessions and tokens at the desk, readers neither."""

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.middleware import csrf

from .views import signed_out

LOGIN = f"{settings.DESK}login/"


class AtTheDesk:
    """Leaves public pages alone: they are the same for everyone, whatever cookies come."""

    def __call__(self, request):
        if request.path.startswith(settings.DESK):
            return super().__call__(request)
        return self.get_response(request)


class SessionMiddleware(AtTheDesk, sessions.SessionMiddleware):
    pass


class CsrfViewMiddleware(AtTheDesk, csrf.CsrfViewMiddleware):
    def process_view(self, request, callback, callback_args, callback_kwargs):
        if request.path.startswith(settings.DESK):
            return super().process_view(request, callback, callback_args, callback_kwargs)
        return None


class AuthenticationMiddleware(AtTheDesk, auth.AuthenticationMiddleware):
    pass


class MessageMiddleware(AtTheDesk, messages.MessageMiddleware):
    pass


def keep_what_was_typed(get_response):
    """Answer a form of someone whose session has ended with their text, not with a redirect."""

    def middleware(request):
        ended = request.method == "POST" and request.path.startswith(settings.DESK)
        if ended and request.path != LOGIN and not request.user.is_authenticated:
            return signed_out(request)
        return get_response(request)

    return middleware
