"""Which pages there are."""

from __future__ import annotations

from pakkeforlop.catalogue.load import load_catalogue
from tools.reference import catalogue_pages, columns, commands, roles, rule_book
from tools.reference.markdown import page, table

TITLES = {
    "commands.md": "The commands, their options, examples and exit codes",
    "columns.md": "Every column of every file, in and out",
    "indicators.md": "The indicators, each with its sentence",
    "messages.md": "The register's messages and our own warnings",
    "pathways.md": "The pathways and their limits, version by version",
    "codes.md": "What each code means, opens and ends",
    "units.md": "Regions, trusts and hospitals, with their days",
    "settings.md": "The settings and their defaults",
    "roles.md": "Who may do what",
    "event-rules.md": "Which event of another system speaks for which code",
    "sources.md": "Where the facts come from",
    "rule-book.md": "The rules, with the examples that the tests run",
}


def all_pages() -> dict[str, str]:
    """File name -> text, for every page of docs/reference."""
    catalogue = load_catalogue()
    pages = {
        "commands.md": commands.commands_page(),
        "columns.md": columns.columns_page(),
        "indicators.md": catalogue_pages.indicators_page(catalogue),
        "messages.md": catalogue_pages.messages_page(catalogue),
        "pathways.md": catalogue_pages.pathways_page(catalogue),
        "codes.md": catalogue_pages.codes_page(catalogue),
        "units.md": catalogue_pages.units_page(catalogue),
        "settings.md": catalogue_pages.settings_page(catalogue),
        "roles.md": roles.roles_page(),
        "event-rules.md": catalogue_pages.event_rules_page(catalogue),
        "sources.md": catalogue_pages.sources_page(catalogue),
        "rule-book.md": rule_book.rule_book_page(),
    }
    pages["README.md"] = page(
        "Reference",
        "Written from the code, the catalogue and the tests; a test fails when a page is out of date.",
        table(["page", "what it holds"], [[f"[{name}]({name})", title] for name, title in TITLES.items()]),
    )
    return pages
