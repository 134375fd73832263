def is_same_origin(request):
    """Return whether a page of this very site, not of a sibling, sent an HttpRequest.

    It stands in for a CSRF token, which public pages do not have. Browsers say it by
    Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/), older ones by Origin alone.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
