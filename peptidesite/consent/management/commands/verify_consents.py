from django.core.management.base import BaseCommand, CommandError

from peptidesite.consent import policies, records
from peptidesite.consent.models import Policy, Record


class Command(BaseCommand):
    help = "Check the digests of all policies and of every chain of consent records."

    def handle(self, **options):
        for policy in Policy.objects.all():
            if policies.digest_of(policy.said) != policy.digest:
                raise CommandError(f"{policy} does not fit its digest: it was altered.")
        wrong = records.first_wrong()
        if wrong:
            raise CommandError(
                f"The record {wrong} does not fit: it, or the one before, was altered."
            )
        self.stdout.write(
            f"{Policy.objects.count()} policies and {Record.objects.count()} records fit."
        )
