from importlib import import_module

from django.apps import AppConfig, apps
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import module_has_submodule


class GuardsConfig(AppConfig):
    name = "peptidesite.guards"

    def ready(self):
        from . import GUARDS, check_guards, install_after_migration, lift_before_migration

        for app in apps.get_app_configs():
            if app is not self and module_has_submodule(app.module, "guards"):
                GUARDS.extend(import_module(f"{app.name}.guards").GUARDS)
                pre_migrate.connect(lift_before_migration, sender=app)
                post_migrate.connect(install_after_migration, sender=app)
        checks.register(check_guards, checks.Tags.database)
