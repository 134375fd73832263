from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from monographs import timetable
from monographs.management.rounds import rounds


class Command(BaseCommand):
    help = "Make the publications and withdrawals that are due. Safe to run twice, and at once."

    def add_arguments(self, parser):
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="go on, and look again every so often"
        )

    def handle(self, *, every=None, **options):
        try:
            for _ in rounds(every):
                problems = self.keep_due()
        except KeyboardInterrupt:
            return
        if problems:
            raise CommandError(f"{problems} could not be made; it is tried again next time.")

    def keep_due(self):
        """Say of each appointment that was due what became of it; return how many failed."""
        problems = 0
        try:
            for appointment in timetable.keep_due():
                if appointment.problem:
                    problems += 1
                    self.stderr.write(f"{appointment}: {appointment.problem}")
                else:
                    self.stdout.write(f"{appointment}: done")
        except DatabaseError as error:
            problems += 1
            self.stderr.write(f"The database did not answer: {error}")
        return problems
