"""What a browser story measures on a page: how far it is too wide, and texts of charts that cover or leave it."""

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""How many pixels the page is wider than the screen; zero or less is right."""

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
