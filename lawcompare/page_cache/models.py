"""The one thing that belongs to all pages: which edition of the public content they show."""

from django.db import models


class Edition(models.Model):
    """One row. Its token is another one after every change to what visitors may see: see ``edition.py``."""

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token
