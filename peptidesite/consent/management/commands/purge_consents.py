from django.core.management.base import BaseCommand, CommandError

from peptidesite.consent import records

DAYS = 3 * 365


class Command(BaseCommand):
    help = "Delete the consent records that are older than --days; safe to run twice."

    def add_arguments(self, parser):
        parser.add_argument(
            "--days", type=int, default=DAYS, help="which age in days stays (%(default)s)"
        )

    def handle(self, days, **options):
        try:
            deleted = records.purge(days)
        except (ValueError, OverflowError) as error:
            raise CommandError(f"{error} Use --days with a number from 180.") from error
        self.stdout.write(f"{deleted} consent records older than {days} days deleted.")
