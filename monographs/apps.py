from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate


class MonographsConfig(AppConfig):
    name = "monographs"

    def ready(self):
        from . import guards

        pre_migrate.connect(guards.lift_before_migration, sender=self)
        post_migrate.connect(guards.install_after_migration, sender=self)
        checks.register(guards.check_guards, checks.Tags.database)
