"""What a browser story measures on a page: how far it is too wide, and texts of charts that cover or leave it."""

from collections.abc import Callable
from typing import Any

WIDTHS = (1440, 390, 320)
"""A desk screen, a phone, and the narrowest screen that WCAG 2.2 asks for (1.4.10), in pixels."""

COVERED = """selector => {
  const found = [];
  for (const svg of document.querySelectorAll(selector)) {
    if (!svg.getBoundingClientRect().width) continue;
    const words = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    for (let i = 0; i < words.length; i++) for (let j = i + 1; j < words.length; j++) {
      const [a, b] = [words[i][1], words[j][1]];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > 5) found.push(words[i][0] + ' | ' + words[j][0]);
    }
  }
  return found;
}"""
"""Pairs of texts that lie over each other in the charts of a selector; none is right."""

CUT = """selector => [...document.querySelectorAll(selector + ' text')]
  .filter(t => { const r = t.getBoundingClientRect();
                 return r.width && (r.left < -1 || r.right > document.documentElement.clientWidth + 1); })
  .map(t => t.textContent)"""
"""Texts in the charts of a selector that the screen cuts; none is right."""


def too_wide(page: Any) -> int:
    """How many pixels the page is wider than the screen, once its styles are there; zero or less is right."""
    page.wait_for_load_state("load")
    return page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")


def looked_at(page: Any, accessible: Callable[[Any], None]) -> None:
    """The page by axe at each width, with nothing to scroll sideways; then at a desk's width again."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1000})
        assert too_wide(page) <= 0, (width, page.url)
        accessible(page)
    page.set_viewport_size({"width": WIDTHS[0], "height": 1000})
