"""What search engines are told."""

from monographs.models import State


def test_the_sitemap_names_what_is_published_and_nothing_else(client, make_revision):
    make_revision(State.PUBLISHED, slug="live")
    make_revision(State.WITHDRAWN, slug="withdrawn")
    make_revision(State.DRAFT, slug="draft")

    assert "http://testserver/sitemap-monographs.xml" in client.get("/sitemap.xml").text
    sitemap = client.get("/sitemap-monographs.xml").text

    assert sitemap.count("<loc>") == 1
    assert "http://testserver/monographs/live/" in sitemap


def test_robots_are_kept_from_the_desk_and_shown_the_sitemap(client, db):
    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain"
    assert b"Disallow: /admin/" in response.content
    assert b"Sitemap: http://testserver/sitemap.xml" in response.content
