import time

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from monographs import corpus


class Command(BaseCommand):
    help = (
        "Write made-up monographs at addresses such as corpus-000123, to measure the site with. "
        "It only adds. They cannot be deleted again, so use a database of its own for it."
    )

    def add_arguments(self, parser):
        parser.add_argument("count", metavar="N", type=int, help="how many there are afterwards")
        parser.add_argument("--seed", default="1", help="another one gives other texts")

    def handle(self, *, count, seed, **options):
        if count < 1:
            raise CommandError("Say how many monographs there are to be, such as 20000.")
        missing, began = corpus.missing(count), time.monotonic()
        try:
            with tqdm(total=len(missing), unit="monograph", disable=None, leave=False) as bar:
                for written in corpus.grow(missing, seed=seed):
                    bar.update(written)
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. What is in stays in; run the same command again for the rest.",
                returncode=130,
            ) from None
        seconds = time.monotonic() - began
        self.stdout.write(
            f"{len(missing)} monographs written in {seconds:.0f} s, "
            f"{len(missing) / seconds:.0f} a second; {count - len(missing)} were there."
        )
