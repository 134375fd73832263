from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from peptidesite.consent import policies
from peptidesite.consent.audit import PageFailed, audit
from peptidesite.consent.audit.browsing import ARGUMENTS, chromium

NO_CHROMIUM = "There is no Chromium. Install it: apt-get install chromium"
NO_PLAYWRIGHT = "Playwright is missing. Install it: pip install -r requirements-dev.txt"


class Command(BaseCommand):
    help = (
        "Look at the running site as visitors who have not chosen, refused, granted and "
        "withdrawn, and compare what it keeps and asks for with what its policy declares. "
        "Exit status 1 if they differ."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "url", nargs="*", help="pages to look at; without one, all from SITE_URL on"
        )

    def handle(self, url, **options):
        # Before Playwright begins, beside which Django does not ask a database.
        policy = policies.in_force()
        if policy is None:
            raise CommandError("No policy is in force. Run: manage.py migrate")
        program = chromium()
        if program is None:
            raise CommandError(NO_CHROMIUM)
        try:
            from playwright.sync_api import sync_playwright
        except ImportError:
            raise CommandError(NO_PLAYWRIGHT) from None
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
                differences = self._report(browser, url, policy)
        except PageFailed as error:
            raise CommandError(f"{error} Is the site running, and that its address?") from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was changed.") from None
        if differences:
            raise CommandError(f"{differences} differences from policy {policy.number}.")
        self.stdout.write(f"All is as policy {policy.number} declares.")

    def _report(self, browser, addresses, policy):
        """Print a line for each state and each difference; return how many differences."""
        follow = not addresses
        results = audit(
            browser, addresses or [f"{settings.SITE_URL}/"], policy, self._tell, follow=follow
        )
        self.stdout.write(f"{'state':<22}{'pages':>6}{'kept':>6}{'origins':>9}  differences")
        differences = 0
        for result in results:
            origins = sum(found.kind == "request" for found in result.seen)
            kept = len(result.seen) - origins
            counts = f"{len(result.pages):>6}{kept:>6}{origins:>9}  {len(result.differences)}"
            self.stdout.write(f"{result.state:<22}{counts}")
            for finding in result.differences:
                self.stdout.write(
                    f"  {finding.page}: {finding.kind} {finding.name}"
                    f"{' of ' + finding.origin if finding.origin else ''}: {finding.problem}"
                )
            differences += len(result.differences)
        self.stdout.write(f"The pages: {' '.join(result.pages)}")
        return differences

    def _tell(self, line):
        if self.stderr.isatty():
            self.stderr.write(f"\r\033[K{line}", ending="")
