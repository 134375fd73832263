from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from monographs.models import Revision
from monographs.search import index


class Command(BaseCommand):
    help = (
        "Make anew what published monographs are found by, such as after an update that says "
        "so. The site may run meanwhile; it may be stopped and run again."
    )

    def handle(self, **options):
        total, done = Revision.objects.published().count(), 0
        try:
            with tqdm(total=total, unit="monograph", disable=None, leave=False) as bar:
                for made in index.rebuild():
                    done += made
                    bar.update(made)
        except KeyboardInterrupt:
            raise CommandError(
                f"Stopped after {done} of {total}. The others are found as before; run the "
                "same command again.",
                returncode=130,
            ) from None
        self.stdout.write(f"{done} monographs are found by what they say now.")
