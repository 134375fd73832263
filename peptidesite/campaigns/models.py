from django.db import models


class Goal(models.TextChoices):
    """The pages that campaigns lead to."""

    CONTACT = "contact", "Contact"
    NEWSLETTER = "newsletter", "Newsletter"


class CampaignVisits(models.Model):
    """How often a goal was visited on a day (UTC) by who came by a campaign's link."""

    day = models.DateField()
    campaign = models.CharField(max_length=130)
    goal = models.CharField(max_length=10, choices=Goal)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day", "campaign", "goal"]
        verbose_name = verbose_name_plural = "visits by campaign"
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "campaign", "goal"], name="campaign_visits_are_one"
            )
        ]

    def __str__(self):
        return f"{self.day}: {self.count} × {self.campaign}, {self.get_goal_display()}"
