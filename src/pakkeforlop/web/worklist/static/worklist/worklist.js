// The worklist by keyboard, with panels in place and live changes. Everything here has a plain form or link behind it.
(() => {
  "use strict";
  const list = document.querySelector("table.list[data-live]");
  const saved = document.getElementById("saved");
  document.documentElement.classList.add("js");
  const views = document.querySelector(".views"), chosen = views && views.querySelector("[aria-current]");
  if (chosen && views.scrollWidth > views.clientWidth) views.scrollLeft = chosen.offsetLeft - 16;
  const keysOn = document.body.dataset.singleKeys === "on";
  const filters = document.querySelector("form.filters");
  if (filters) filters.querySelectorAll("select").forEach(s => s.addEventListener("change", () => filters.requestSubmit()));
  let undoing = null, waitingG = 0;

  const rows = () => list ? [...list.querySelectorAll("tr.r")] : [];
  const here = () => list && list.querySelector("tr.r.sel");
  const link = row => row.querySelector("a.nm");
  const panelOf = row => row.nextElementSibling && row.nextElementSibling.matches("tr.open") ? row.nextElementSibling : null;
  const rowOf = key => rows().find(row => row.dataset.row === key);
  const newKey = () => crypto.randomUUID().replaceAll("-", "");

  function close() {
    list.querySelectorAll("tr.open").forEach(open => open.remove());
    list.querySelectorAll("tr.sel").forEach(row => row.classList.remove("sel", "hasopen"));
  }

  async function open(row, focus = true) {
    if (!row) return;
    if (row !== here() || !panelOf(row)) {
      close();
      row.classList.add("sel");
      row.classList.remove("new");
      const query = new URLSearchParams(list.dataset.query);
      query.set("row", row.dataset.row);
      const answer = await fetch(list.dataset.panel + "?" + query, {credentials: "same-origin"});
      if (answer.redirected) { location.reload(); return; }
      if (answer.ok && row.classList.contains("sel") && !panelOf(row)) {
        row.insertAdjacentHTML("afterend", await answer.text());
        row.classList.add("hasopen");
      }
    }
    // one who has gone on to a field outside the list meanwhile keeps the focus there
    const at = document.activeElement, elsewhere = at && at !== document.body && !list.contains(at);
    if (focus && !elsewhere) { link(row).focus({preventScroll: true}); row.scrollIntoView({block: "nearest"}); }
  }

  function select(row) {
    if (!row) return;
    close();
    row.classList.add("sel");
    link(row).focus({preventScroll: true});
    row.scrollIntoView({block: "nearest"});
    clearTimeout(select.wait);
    select.wait = setTimeout(() => open(row), 120);
  }

  function step(by) {
    const all = rows(), at = all.indexOf(here() || document.activeElement.closest("tr.r"));
    select(all[Math.min(all.length - 1, Math.max(0, at + by))]);
  }

  function tell(text, row, undo) {
    saved.textContent = text;
    document.querySelectorAll(".told").forEach(old => old.remove());
    if (!row) return;
    const said = document.createElement("span");
    said.className = "told muted";
    said.textContent = text + " ";
    if (undo && (undo.handle || undo.given)) said.append(undoForm(undo, row.dataset.row));
    row.querySelector("td.nx").append(said);
  }

  function undoForm(undo, key) {
    const form = document.getElementById("undo").content.firstElementChild.cloneNode(true);
    form.action = list.dataset.live.replace("live/", undo.given ? "assign/undo/" : encodeURIComponent(undo.handle) + (undo.task ? "/work/" : "/undo/"));
    for (const [name, value] of Object.entries({...undo, row: key, key: newKey()})) {
      const field = document.createElement("input");
      Object.assign(field, {type: "hidden", name, value});
      form.append(field);
    }
    undoing = form;
    return form;
  }

  function replace(row, html, fresh) {
    const box = document.createElement("tbody");
    box.innerHTML = html;
    const made = box.querySelector("tr.r");
    if (!made) return row;
    made.classList.toggle("new", fresh);
    if (row.querySelector(".mark").checked) made.querySelector(".mark").checked = true;
    if (row.classList.contains("sel")) made.classList.add("sel", ...(panelOf(row) ? ["hasopen"] : []));
    row.replaceWith(made);
    return made;
  }

  async function deed(form) {
    const row = form.closest("tr.open") ? form.closest("tr.open").previousElementSibling : form.closest("tr.r");
    const all = rows(), next = all[all.indexOf(row) + 1];
    const undoes = form.classList.contains("undo"), confirms = form.dataset.does === "b";
    form.querySelectorAll("button").forEach(button => button.setAttribute("aria-disabled", "true"));
    let answer;
    try {
      answer = await fetch(form.action, {method: "POST", body: new FormData(form), credentials: "same-origin", headers: {"X-Asked-By": "worklist"}});
    } catch { form.querySelectorAll("button").forEach(button => button.removeAttribute("aria-disabled")); return form.submit(); }
    if (!(answer.headers.get("content-type") || "").includes("json")) { location.reload(); return; }
    const told = await answer.json();
    const rejects = "rejected" in (told.undo || {});
    close();
    let now = row;
    if (told.html) now = replace(row, told.html, false);
    else if (told.closed && told.done) row.classList.add("gone");
    undoing = null;
    tell(told.said, now, told.undo);
    if (told.done && (confirms || rejects) && !undoes && next) await open(next);
    else await open(now);
  }

  document.addEventListener("submit", event => {
    const form = event.target;
    if (list && form.matches("[data-deed]")) {
      event.preventDefault();
      if (!form.querySelector("[aria-disabled]")) deed(form);
    }
  });

  if (list) {
    list.addEventListener("click", event => {
      const sign = event.target.closest("[data-open]");
      const row = event.target.closest("tr.r");
      if (sign) { event.preventDefault(); open(row); return; }
      if (row && !event.target.closest("a,button,input,label,summary,select")) {
        if (String(getSelection())) return;
        if (row === here() && panelOf(row)) close(); else open(row);
      }
    });
    list.addEventListener("change", event => { if (event.target.matches(".mark")) marks(); });
    list.addEventListener("toggle", event => {
      if (event.target.matches("details.act[open]")) {
        list.querySelectorAll("details.act[open]").forEach(other => { if (other !== event.target) other.open = false; });
        const field = event.target.querySelector("input:not([type=hidden]),textarea");
        if (field) field.focus();
      }
    }, true);
  }

  // ---- marked rows ----
  const bulk = document.getElementById("bulk");
  function marks() {
    if (!bulk) return;
    const marked = [...list.querySelectorAll(".mark:checked")];
    const proposed = marked.filter(mark => mark.closest("tr").hasAttribute("data-proposed")).length;
    const words = (node, n) => (n === 0 && node.dataset.zero !== undefined ? node.dataset.zero : n === 1 ? node.dataset.one : node.dataset.other).replace(/^[12]|(?<= )2/, String(n));
    bulk.classList.toggle("on", marked.length > 0);
    list.classList.toggle("marking", marked.length > 0);
    const count = bulk.querySelector("[data-count]"), will = bulk.querySelector("[data-will]");
    if (marked.length) count.textContent = words(count, marked.length);
    will.textContent = words(will, proposed);
    const button = bulk.querySelector("[data-confirm-marked]");
    if (button) button.hidden = proposed === 0;
    // the bar comes over the foot of the page: what is open there moves up, so that nothing of it is hidden
    const open = marked.length && here() && panelOf(here());
    const under = open ? open.getBoundingClientRect().bottom - bulk.getBoundingClientRect().top : 0;
    if (under > 0) scrollBy(0, under + 8);
  }
  if (bulk) {
    bulk.addEventListener("submit", event => { if (bulk.dataset.sent) event.preventDefault(); bulk.dataset.sent = "1"; setTimeout(() => { bulk.querySelector("[data-count]").textContent = saved.textContent = bulk.dataset.busy; bulk.querySelector("[data-will]").textContent = ""; }, 300); });
    addEventListener("pageshow", () => { delete bulk.dataset.sent; });
    bulk.addEventListener("reset", () => setTimeout(marks));
    marks();
  }

  // ---- keys ----
  const inField = target => target.closest("input:not([type=checkbox]),textarea,select,[contenteditable]");
  const does = name => { const row = here(), open = row && panelOf(row); return open && open.querySelector(`[data-does="${name}"]`); };
  async function act(name) {
    const row = here() || document.activeElement.closest("tr.r");
    if (!row) return;
    if (!panelOf(row)) await open(row);
    const node = does(name);
    if (!node) return;
    if (node.matches("form")) node.requestSubmit();
    else if (node.matches("details")) { node.open = true; node.querySelector("input:not([type=hidden]),textarea").focus(); }
    else node.click();
  }

  const KEYS = {
    j: () => step(1), k: () => step(-1), b: () => act("b"), e: () => act("e"), a: () => act("a"), o: () => act("o"), n: () => act("n"),
    x: () => { const row = here(); if (row) { const mark = row.querySelector(".mark"); mark.checked = !mark.checked; marks(); } },
    B: () => { const button = bulk && bulk.querySelector("[data-confirm-marked]"); if (button && !button.hidden && bulk.classList.contains("on")) bulk.requestSubmit(button); },
    A: () => { const owner = document.getElementById("bulk-owner"); if (owner && bulk.classList.contains("on")) owner.focus(); },
    z: () => { const form = undoing && undoing.isConnected ? undoing : document.querySelector("main form.undo-all, main > form.undo-offer"); if (form) form.requestSubmit(); },
    "/": () => document.getElementById("q").focus(),
    "?": () => { const all = document.getElementById("keys"); all.open = !all.open; if (all.open) { all.scrollIntoView({block: "end"}); all.querySelector("summary").focus(); } },
    g: () => { waitingG = Date.now(); },
  };

  document.addEventListener("keydown", event => {
    if (event.key === "Enter" && event.ctrlKey && event.target.matches("textarea")) { event.target.form.requestSubmit(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Enter" && event.target.id === "bulk-owner") { event.preventDefault(); bulk.requestSubmit(bulk.querySelector("[data-give]")); return; }
    if (event.key === "Escape") {
      const act = list && list.querySelector("details.act[open]"), keys = document.getElementById("keys");
      if (act) { act.open = false; link(here()).focus(); }
      else if (keys && keys.open) keys.open = false;
      else if (here()) { const row = here(); close(); link(row).focus(); }
      return;
    }
    if (!keysOn || inField(event.target)) return;
    if (waitingG && Date.now() - waitingG < 1500) {
      waitingG = 0;
      const to = {a: "worklist", m: "missing"}[event.key];
      const go = to && [...document.querySelectorAll(".main-nav a")].find(a => new URL(a.href).pathname.includes(to));
      if (go) { event.preventDefault(); location.assign(go.href); return; }
    }
    if (event.key === "Enter" && list && event.target.matches && event.target.matches("a.nm")) {
      const row = event.target.closest("tr.r");
      if (!panelOf(row)) { event.preventDefault(); open(row); }
      return;
    }
    const inList = !event.target.closest || event.target === document.body || event.target.id === "main" || event.target.closest("table.list,#bulk,#keys");
    const anywhere = ["/", "?", "g", "j", "k"].includes(event.key);
    // 1 to 9 choose among the codes that are possible now: the patient's page has the code in its form, and Enter saves
    const digit = inList && here() && panelOf(here()) && /^[1-9]$/.test(event.key) && panelOf(here()).querySelectorAll("a[data-code]")[Number(event.key) - 1];
    if (digit) { event.preventDefault(); location.assign(digit.href); return; }
    const run = KEYS[event.key];
    if (!run || !(inList || anywhere)) return;
    if (!list && !["/", "?", "g"].includes(event.key)) return;
    event.preventDefault();
    run();
  });

  // ---- live ----
  if (list) {
    let since = list.dataset.since, tag = "", last = 0, lost = false, waiting = null;
    const line = document.getElementById("live");
    const poll = async () => {
      if (!document.hidden) {
        try {
          const answer = await fetch(list.dataset.live + "?since=" + encodeURIComponent(since) + "&" + list.dataset.query, {credentials: "same-origin", headers: tag ? {"If-None-Match": tag} : {}});
          if (answer.status === 200 && (answer.headers.get("content-type") || "").includes("json")) {
            const told = await answer.json();
            since = told.since; tag = answer.headers.get("ETag") || "";
            told.rows.forEach(change);
            told.beyond ||= told.total !== list.dataset.total || Boolean(waiting && waiting.beyond);
            if (told.line.sentence || told.beyond) waiting = told;
          } else if (answer.status === 304) tag = answer.headers.get("ETag") || tag;
          if (waiting && Date.now() - last > 9000) { last = Date.now(); say(waiting); waiting = null; }
        lost = false;
        } catch { if (!lost) line.textContent = list.dataset.lost; lost = true; }
      }
      setTimeout(poll, Number(list.dataset.every || 5000));
    };
    const change = told => {
      const row = rowOf(told.key);
      if (!row || told.mine || row.contains(document.activeElement) && row.classList.contains("sel")) { if (row && !told.mine) row.classList.add("new"); return; }
      if (told.closed) { row.classList.add("gone", "new"); row.querySelector("td.nx").textContent = list.dataset.closed; return; }
      replace(row, told.html, true);
    };
    const say = told => {
      line.textContent = [told.many, told.line.sentence].filter(Boolean).join(" ") + " ";
      if (document.getElementById(told.line.anchor)) {
        const show = document.createElement("a");
        Object.assign(show, {href: "#" + told.line.anchor, className: "t", textContent: told.show});
        line.append(show);
      }
      if (told.beyond) {
        const again = document.createElement("a");
        Object.assign(again, {href: location.pathname + location.search, className: "t", textContent: list.dataset.again});
        line.append(" " + told.count + " ", again);
      }
    };
    line.addEventListener("click", event => {
      const to = event.target.closest("a");
      const row = to && document.getElementById(to.hash.slice(1));
      if (row) { event.preventDefault(); open(row); }
    });
    setTimeout(poll, Number(list.dataset.every || 5000));
  }
})();
