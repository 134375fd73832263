from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from monographs import digest, outbox
from monographs.management.rounds import rounds
from monographs.models import Message


class Command(BaseCommand):
    help = "Send the mail that waits, and once a week which reviews are overdue."

    def add_arguments(self, parser):
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="go on, and look again every so often"
        )
        parser.add_argument(
            "--list",
            action="store_true",
            dest="only_list",
            help="only list what waits, and send nothing",
        )

    def handle(self, *, every=None, only_list=False, **options):
        if only_list:
            self.list_waiting()
            return
        if settings.EMAIL_BACKEND.endswith(".filebased.EmailBackend"):
            self.stdout.write(f"No mail leaves this machine: {settings.EMAIL_FILE_PATH} has it.")
        try:
            for _ in rounds(every):
                problems = self.send()
        except KeyboardInterrupt:
            return
        if problems:
            raise CommandError(f"{problems} could not be sent; it is tried again later.")

    def send(self):
        """Send what is due and say what became of it; return how many failed."""
        sent, problems = 0, 0
        try:
            digest.remind()
            for message in outbox.send_due():
                if not message.problem:
                    sent += 1
                elif message.sent_at:
                    self.stdout.write(f"{message}: {message.problem}")
                else:
                    problems += 1  # and logged
            if sent:
                self.stdout.write(f"Mail sent: {sent}")
                outbox.forget()
        except DatabaseError as error:
            problems += 1
            self.stderr.write(f"The database did not answer: {error}")
        return problems

    def list_waiting(self):
        """Say of each message that waits since when, and why it could not be sent."""
        messages = Message.objects.waiting().select_related("recipient")
        for message in messages:
            since, again = map(timezone.localtime, (message.at, message.due_at))
            self.stdout.write(
                f"{since:%Y-%m-%d %H:%M}  {message}; attempts: {message.attempts}, "
                f"the next at {again:%H:%M}. {message.problem}".rstrip()
            )
        self.stdout.write(f"{len(messages)} waiting.")
