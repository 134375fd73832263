from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from monographs import sample, workflow
from monographs.files.entry import FileRefused


class Command(BaseCommand):
    help = "Load the sample monographs and demo accounts that are not there yet."

    def handle(self, **options):
        files = sample.files_by_slug(sample.FOLDER)
        bar = tqdm(files.items(), unit="monograph", disable=None, leave=False)
        try:
            accounts, passwords = sample.ensure_accounts(settings.DATA_DIR / "demo-accounts.json")
            loaded = sum(_load(slug, paths, accounts) for slug, paths in bar)
        except sample.AccountTaken as error:
            self.stderr.write(str(error))
            return
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. What is in stays in; run the same command again for the rest.",
                returncode=130,
            ) from None
        self.stdout.write(f"{loaded} sample monographs loaded, {len(files) - loaded} were there.")
        for role in sample.ACCOUNTS:
            password = passwords[role]
            shown = password if accounts[role].check_password(password) else "(changed)"
            self.stdout.write(f"  {role:<10} {shown}")


def _load(slug, paths, accounts):
    try:
        return sample.load(slug, paths, accounts)
    except FileRefused as refused:
        raise CommandError(f"{slug}: {refused}") from refused
    except ValidationError as error:
        raise CommandError(f"{slug}: {' '.join(error.messages)}") from error
    except (PermissionDenied, workflow.TransitionNotAllowed) as error:
        raise CommandError(f"{slug}: {error}") from error
