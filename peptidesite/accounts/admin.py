from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin

from .models import User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (
            "For readers",
            {"fields": ["display_name", "credentials", "orcid", "competing_interests"]},
        ),
        ("For colleagues", {"fields": ["first_name", "last_name", "email", "time_zone"]}),
        ("May do", {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
        ("For readers", {"fields": ["display_name", "credentials", "orcid"]}),
        ("May do", {"fields": ["is_staff", "groups"]}),
    ]
    list_display = ["username", "display_name", "credentials", "is_active", "is_staff"]
    search_fields = ["username", "display_name", "email"]
