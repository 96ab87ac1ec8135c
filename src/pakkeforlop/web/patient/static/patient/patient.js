// The patient's page: the verdict as one types, and keys. Everything here has a plain form or link behind it.
(() => {
  "use strict";
  let waitingG = 0;
  document.documentElement.classList.add("js");
  const form = document.getElementById("entry"), box = document.getElementById("verdict");
  const keysOn = document.body.dataset.singleKeys === "on";
  let wait = 0, asked = 0, shown = "";

  async function judge() {
    const typed = new FormData(form);
    typed.delete("do");
    const now = ["code", "day", "institution", "delay"].map(name => typed.get(name)).join("|");
    if (now === shown) return;
    shown = now;
    const mine = ++asked;
    if (!typed.get("code")) { box.replaceChildren(); return; }
    try {
      const answer = await fetch(form.dataset.verdict, {method: "POST", body: typed, credentials: "same-origin"});
      if (answer.ok && mine === asked) box.innerHTML = await answer.text();
    } catch { /* the button shows the effect without a script */ }
  }
  const soon = () => { clearTimeout(wait); wait = setTimeout(judge, 250); };

  if (form) {
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    let sent = false;
    form.addEventListener("submit", event => { if (sent) event.preventDefault(); sent = true; setTimeout(() => { sent = false; }, 4000); });
    addEventListener("pageshow", () => { sent = false; });
    document.querySelectorAll("a[data-code]").forEach(link => link.addEventListener("click", event => {
      event.preventDefault();
      const code = document.getElementById("f-code");
      code.value = link.dataset.code;
      code.focus();
      shown = "";
      judge();
    }));
    const code = document.getElementById("f-code");
    if (code.value && !box.textContent.trim()) judge();
    // a code chosen on the list: Enter saves it; the way to the form's place (#code) takes the focus away until then
    if (code.value && new URLSearchParams(location.search).has("code")) addEventListener("load", () => setTimeout(() => code.focus({preventScroll: true})));
  }

  const inField = target => target.closest && target.closest("input,textarea,select,[contenteditable]");
  const openPart = id => { const part = document.getElementById(id); if (part) { part.open = true; part.querySelector("input:not([type=hidden]),textarea").focus(); } };
  const go = key => { const link = document.querySelector(`a[data-key="${key}"]`); if (link) location.assign(link.href); };
  const does = name => document.querySelector(`.proposed [data-does="${name}"]`);
  const KEYS = {
    j: () => go("j"), k: () => go("k"),
    e: () => { const change = does("e"); if (change) { location.assign(change.href); return; } const code = document.getElementById("f-code"); if (code) { code.focus(); code.select(); } },
    z: () => { const undo = document.getElementById("undo") || document.querySelector("main > form.undo-offer"); if (undo) undo.requestSubmit(); },
    n: () => openPart("new-note"), o: () => openPart("new-task"),
    b: () => { const save = form && form.querySelector('[name="proposal"]').value && form.querySelector('button[value="save"]'); if (save) { form.requestSubmit(save); return; } const confirm = does("b"); if (confirm && !confirm.dataset.sent) { confirm.dataset.sent = "1"; confirm.requestSubmit(); } },
    a: () => { const no = does("a"); if (no) { no.open = true; no.querySelector("input:not([type=hidden])").focus(); } },
    "/": () => { const search = document.querySelector(".top a[href$='#q']"); if (search) location.assign(search.href); },
  };
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && inField(event.target)) { event.target.blur(); return; }
    if (event.key === "Enter" && event.ctrlKey && event.target.matches("textarea")) { event.target.form.requestSubmit(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !keysOn || inField(event.target)) return;
    if (waitingG && Date.now() - waitingG < 1500) {
      waitingG = 0;
      const to = {a: "worklist", m: "codes/missing"}[event.key];
      const way = to && document.querySelector(`.main-nav a[href*="/${to}/"]`);
      if (way) { event.preventDefault(); way.click(); return; }
    }
    if (event.key === "g") { waitingG = Date.now(); return; }
    // 1 to 9 choose among the codes that are possible now; Enter saves
    const offered = /^[1-9]$/.test(event.key) && document.querySelectorAll("a[data-code]")[Number(event.key) - 1];
    if (offered) { event.preventDefault(); offered.click(); return; }
    const run = KEYS[event.key];
    if (run) { event.preventDefault(); run(); }
  });
})();
