// The list of missing codes by keyboard. Everything here has a plain form or link behind it.
(() => {
  "use strict";
  let waitingG = 0;
  document.documentElement.classList.add("js");
  const views = document.querySelector(".views"), chosen = views && views.querySelector("[aria-current]");
  if (chosen && views.scrollWidth > views.clientWidth) views.scrollLeft = chosen.offsetLeft - 16;
  const list = document.querySelector("table.list"), bulk = document.getElementById("bulk"), saved = document.getElementById("saved");
  const keysOn = document.body.dataset.singleKeys === "on";
  const filters = document.querySelector("form.filters");
  if (filters) filters.querySelectorAll("select").forEach(one => one.addEventListener("change", () => filters.requestSubmit()));
  if (!list) return;
  let undoing = null;

  const rows = () => [...list.querySelectorAll("tr.r")];
  const here = () => list.querySelector("tr.r.sel");
  function select(row, focus = true) {
    if (!row) return;
    list.querySelectorAll("tr.sel").forEach(old => old.classList.remove("sel", "hasopen"));
    row.classList.add("sel");
    if (focus) { row.querySelector("a.nm").focus({preventScroll: true}); row.scrollIntoView({block: "nearest"}); }
  }
  function step(by) {
    const all = rows(), at = all.indexOf(here());
    select(all[Math.min(all.length - 1, Math.max(0, at + by))]);
  }
  const openOf = row => row && row.nextElementSibling && row.nextElementSibling.matches("tr.open") ? row.nextElementSibling : null;
  const rowOf = node => { const open = node.closest("tr.open"); return open ? open.previousElementSibling : node.closest("tr.r"); };
  const part = name => [here(), openOf(here())].map(box => box && box.querySelector(`[data-does="${name}"]`)).find(Boolean);

  function tell(row, said) {
    saved.textContent = said.said;
    const cell = row.querySelector(".act");
    const told = document.createElement("span");
    told.className = "told muted";
    told.textContent = said.said + " ";
    if (said.done) { cell.replaceChildren(told); row.classList.add("gone"); const mark = row.querySelector(".mark"); if (mark) { mark.checked = false; mark.disabled = true; } } else cell.append(told);
    if (said.done && said.undo && said.undo.handle) {
      const form = document.getElementById("undo").content.firstElementChild.cloneNode(true);
      form.action = form.dataset.undo.replace("HANDLE", encodeURIComponent(said.undo.handle));
      for (const [name, value] of Object.entries({...said.undo, key: crypto.randomUUID().replaceAll("-", "")})) {
        const field = document.createElement("input");
        Object.assign(field, {type: "hidden", name, value});
        form.append(field);
      }
      told.append(form);
      undoing = form;
    }
    marks();
  }

  async function deed(form) {
    if (form.classList.contains("undo")) { form.submit(); return; }
    const row = rowOf(form);
    const all = rows().filter(one => !one.classList.contains("gone") || one === row), next = all[all.indexOf(row) + 1];
    form.dataset.sent = "1";
    let answer;
    try {
      answer = await fetch(form.action, {method: "POST", body: new FormData(form), credentials: "same-origin", headers: {"X-Asked-By": "codes"}});
    } catch { delete form.dataset.sent; form.submit(); return; }
    if (!(answer.headers.get("content-type") || "").includes("json")) { location.reload(); return; }
    const said = await answer.json();
    delete form.dataset.sent;
    tell(row, said);
    select(said.done ? next || row : row);
  }

  document.addEventListener("submit", event => {
    const form = event.target;
    if (!form.matches("[data-deed]")) return;
    event.preventDefault();
    if (!form.dataset.sent) deed(form);
  });
  list.addEventListener("click", event => {
    const row = event.target.closest("tr.r"), to = event.target.closest("[data-select]");
    if (to) { event.preventDefault(); select(row); KEYS.a(); return; }
    if (row && !event.target.closest("a,button,input,summary,select,label")) select(row);
  });
  list.addEventListener("focusin", event => { const row = rowOf(event.target); if (row && row !== here()) select(row, false); });

  const every = document.getElementById("mark-all");
  function marks() {
    if (!bulk) return;
    const marked = [...list.querySelectorAll(".mark:checked")], n = marked.length;
    const inside = marked.filter(mark => mark.closest("tr").hasAttribute("data-within")).length;
    const say = (node, count) => (count === 0 ? node.dataset.zero || "" : count === 1 ? node.dataset.one : node.dataset.other).replace(/\b2\b/, String(count));
    bulk.classList.toggle("on", n > 0);
    list.classList.toggle("marking", n > 0);
    const count = bulk.querySelector("[data-count]"), will = bulk.querySelector("[data-will]");
    count.textContent = say(count, n);
    will.textContent = say(will, inside);
  }
  list.addEventListener("change", event => { if (event.target.matches(".mark")) marks(); });
  if (bulk) {
    bulk.addEventListener("submit", event => { if (bulk.dataset.sent) event.preventDefault(); bulk.dataset.sent = "1"; setTimeout(() => { bulk.querySelector("[data-count]").textContent = saved.textContent = bulk.dataset.busy; bulk.querySelector("[data-will]").textContent = ""; }, 300); });
    addEventListener("pageshow", () => { delete bulk.dataset.sent; });
  }
  if (every) {
    every.hidden = false;
    every.addEventListener("change", () => { list.querySelectorAll(".mark:not(:disabled)").forEach(mark => { mark.checked = every.checked; }); marks(); });
  }
  marks();

  // ---- live: rows that others have changed are marked, and nothing moves ----
  let since = list.dataset.since, lost = false, spoke = 0, waiting = null;
  const line = document.getElementById("live");
  function touched(row, said, again, gone) {
    if (row.classList.contains("gone")) return;
    row.classList.add("new");
    const cell = row.querySelector(".act"), told = document.createElement("span");
    told.className = "told muted";
    told.textContent = said + " ";
    if (gone) {
      row.classList.add("gone");
      const mark = row.querySelector(".mark");
      if (mark) { mark.checked = false; mark.disabled = true; }
      cell.replaceChildren(told);
      marks();
    } else {
      const old = row.querySelector(".ground .told"), to = document.createElement("a");
      if (old) old.remove();
      Object.assign(to, {className: "t", href: location.pathname + location.search, textContent: again});
      told.append(to);
      row.querySelector(".ground").append(told);
    }
  }
  function say(told) {
    line.textContent = [told.line, told.fresh].filter(Boolean).join(". ");
    if (!told.beyond) return;
    const again = document.createElement("a");
    Object.assign(again, {className: "t", href: location.pathname + location.search, textContent: told.again});
    line.append(" ", again);
  }
  const poll = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(list.dataset.live + "?since=" + encodeURIComponent(since), {credentials: "same-origin"});
        if (answer.status === 200 && (answer.headers.get("content-type") || "").includes("json")) {
          const told = await answer.json(), gone = new Set(told.gone);
          since = told.since;
          for (const one of told.rows) rows().filter(row => row.dataset.handle === one.handle).forEach(row => touched(row, one.said, told.again, gone.has(row.id)));
          waiting = {line: told.line || (waiting ? waiting.line : ""), fresh: told.fresh || (waiting ? waiting.fresh : ""), beyond: told.beyond || Boolean(waiting && waiting.beyond), again: told.again};
        }
        if (waiting && Date.now() - spoke > 9000) { spoke = Date.now(); say(waiting); waiting = null; }
        lost = false;
      } catch { if (!lost) line.textContent = list.dataset.lost; lost = true; }
    }
    setTimeout(poll, Number(list.dataset.every || 5000));
  };
  setTimeout(poll, Number(list.dataset.every || 5000));

  if (rows().length && !here()) select(rows()[0], false);

  const inField = target => target.closest && target.closest("input:not([type=checkbox]),textarea,select,[contenteditable]");
  const KEYS = {
    j: () => step(1), k: () => step(-1),
    b: () => { const form = part("b"); if (form && !form.dataset.sent) form.requestSubmit(); },
    e: () => { const link = part("e"); if (link) link.click(); },
    a: () => { const no = part("a"); if (no) { if (no.matches("details")) no.open = true; no.querySelector("input:not([type=hidden]),select,textarea").focus(); } },
    x: () => { const row = here(), mark = row && row.querySelector(".mark:not(:disabled)"); if (mark) { mark.checked = !mark.checked; marks(); } },
    B: () => { if (bulk && bulk.classList.contains("on")) bulk.requestSubmit(); },
    z: () => { const form = undoing && undoing.isConnected ? undoing : document.querySelector("main form.undo-all, main > form.undo-offer"); if (form) form.requestSubmit(); },
    "/": () => document.getElementById("q").focus(),
  };
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") { const no = list.querySelector("details.no[open]"); if (no) { no.open = false; here().querySelector("a.nm").focus(); } else if (inField(event.target)) event.target.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !keysOn || inField(event.target)) return;
    if (waitingG && Date.now() - waitingG < 1500) {
      waitingG = 0;
      const to = {a: "worklist", m: "codes/missing"}[event.key];
      const way = to && document.querySelector(`.main-nav a[href*="/${to}/"]`);
      if (way) { event.preventDefault(); way.click(); return; }
    }
    if (event.key === "g") { waitingG = Date.now(); return; }
    const run = KEYS[event.key];
    if (run) { event.preventDefault(); run(); }
  });
})();
