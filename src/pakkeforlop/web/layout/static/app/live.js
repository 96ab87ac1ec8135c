// A page that others change: every few seconds it asks whether what it shows still stands. Rows that differ get a mark, one line says so, and nothing moves until the reader asks for the page anew.
(() => {
  "use strict";
  const line = document.getElementById("live");
  if (!line || !line.dataset.live) return;
  const shown = JSON.parse(line.dataset.rows);
  let tag = line.dataset.tag, said = "", lost = false;
  function mark(now) {
    for (const [place, word] of Object.entries(shown)) {
      const row = document.getElementById(place);
      if (row && now[place] !== word) row.classList.add("new");
    }
  }
  function tell(text) {
    said = text;
    const again = document.createElement("a");
    Object.assign(again, {href: location.pathname + location.search, className: "t", textContent: line.dataset.again});
    line.replaceChildren(text + " ", again);
  }
  async function poll() {
    if (!document.hidden) {
      try {
        const answer = await fetch(line.dataset.live, {credentials: "same-origin", headers: {"If-None-Match": tag}});
        if (answer.status === 200 && (answer.headers.get("content-type") || "").includes("json")) {
          const now = await answer.json();
          tag = answer.headers.get("ETag") || tag;
          mark(now.rows);
          tell(now.line);
        } else if (lost) { if (said) tell(said); else line.replaceChildren(); }
        lost = false;
      } catch { if (!lost) line.textContent = line.dataset.lost; lost = true; }
    }
    setTimeout(poll, Number(line.dataset.every || 5000));
  }
  setTimeout(poll, Number(line.dataset.every || 5000));
})();
