from django.db import IntegrityError, transaction
from django.db.models import F


def add(model, of, **amounts):
    """Add amounts to the number fields of the one row of a model that is of these values.

    `of` is a dict of fields that are unique together; the row is made if there is none yet.
    Whoever adds at the same time loses nothing. Raises DatabaseError.
    """
    added = {field: F(field) + amount for field, amount in amounts.items()}
    for _ in range(2):
        if model.objects.filter(**of).update(**added):
            return
        try:
            with transaction.atomic():
                model.objects.create(**of, **amounts)
            return
        except IntegrityError:
            continue  # another process made it meanwhile
