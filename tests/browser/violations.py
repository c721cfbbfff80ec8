"""What pages tried and their policy forbade."""

from playwright.sync_api import BrowserContext


class Violations:
    """Every breach of the policy in a context, whichever page of it and however soon it goes away."""

    def __init__(self, context: BrowserContext) -> None:
        self.found: list[str] = []
        context.expose_binding("tellViolation", lambda _source, text: self.found.append(text))
        context.add_init_script(
            """addEventListener('securitypolicyviolation', (event) => tellViolation(
              `${event.effectiveDirective}: ${event.blockedURI} ${event.sample} (${location.pathname})`
            ))"""
        )
