from django import template

from monographs import waiting

register = template.Library()
register.simple_tag(waiting.piles, name="piles_of")
