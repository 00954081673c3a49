"""What a page may load and where its forms may lead: the same from a server and as a file."""


def content_policy(forms_to: str = "") -> str:
    """Return the policy of every page; forms may also lead to the origin `forms_to`.

    `frame-ancestors` is missing, since it counts in a header alone.

    >>> "unsafe" in content_policy()
    False
    """
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; "
        f"form-action 'self'{' ' + forms_to if forms_to else ''}; base-uri 'none'"
    )
