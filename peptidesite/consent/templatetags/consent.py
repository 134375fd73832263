from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static

from peptidesite.consent import policies
from peptidesite.consent.categories import NECESSARY

register = template.Library()


@register.simple_tag
def policy_in_force():
    """Return the InForce of the policy that visitors are asked under, None if none is known."""
    return policies.in_force()


@register.filter
def script_url(script):
    """Return the address of a service's script: as it is, or that of a static file."""
    return script if script.startswith("https://") else static(script)


@register.simple_block_tag
def consent(content, service, link, title):
    """Show the content, such as an iframe, only with consent to the service of this slug.

    Before that there is a placeholder with a plain link (a URL) to what the title names, and,
    with JavaScript, buttons to load it once or always. Without a policy in force that declares
    the service the link is all there is.
    """
    policy = policies.in_force()
    services = {known["slug"]: known for known in (policy.services if policy else [])}
    declared = services.get(service)
    if declared and declared["category"] == NECESSARY:
        return content
    context = {"content": content, "link": link, "title": title, "service": declared}
    return render_to_string("consent/embed.html", context)


@register.filter
def percent(share):
    """Return a share from 0 to 1 as a percentage without decimals."""
    return f"{share:.0%}"
