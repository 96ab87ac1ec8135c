// The inbox by keyboard. Everything here has a plain form or link behind it.
(() => {
  "use strict";
  const inbox = document.querySelector(".inbox");
  if (!inbox) return;
  // Enter in the reason's field saves what was asked for by A; else it goes on to the choice, and decides nothing
  inbox.addEventListener("keydown", event => {
    if (event.key !== "Enter" || !event.target.matches("input[name=reason]")) return;
    event.preventDefault();
    const form = event.target.form, ordinary = form.querySelector('button[value="ordinary"]');
    if (form.dataset.asked === "ordinary" && event.target.value.trim()) form.requestSubmit(ordinary);
    else form.querySelector(".choose button").focus();
  });
  if (document.body.dataset.singleKeys !== "on") return;
  let waitingG = 0;
  const all = () => [...inbox.querySelectorAll("details")];
  const here = () => document.activeElement.closest(".inbox details") || inbox.querySelector("details[open]");
  const inField = target => target.closest && target.closest("input:not([type=checkbox]),textarea,select,[contenteditable]");

  function go(to) {
    if (!to) return;
    all().forEach(one => { one.open = one === to; });
    to.querySelector("summary").focus({preventScroll: true});
    to.scrollIntoView({block: "nearest"});
  }
  function step(by) {
    const list = all(), at = document.activeElement.closest(".inbox details") ? list.indexOf(here()) : -1;
    go(list[Math.min(list.length - 1, Math.max(0, at < 0 ? 0 : at + by))]);
  }
  function act(name) {
    const one = here();
    if (!one) return;
    one.open = true;
    const button = one.querySelector(`button[value="${name}"]`), reason = one.querySelector("input[name=reason]"), pathway = one.querySelector("select");
    if (!button) return;
    button.form.dataset.asked = name;
    if (name === "ordinary" && !reason.value.trim()) reason.focus();
    else if (name === "pathway" && !pathway.value) pathway.focus();
    else button.form.requestSubmit(button);
  }
  const KEYS = {j: () => step(1), k: () => step(-1), b: () => act("pathway"), a: () => act("ordinary"), g: () => { waitingG = Date.now(); }};

  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && inField(event.target)) { const one = here(); if (one) one.querySelector("summary").focus(); return; }
    if (inField(event.target)) return;
    if (waitingG && Date.now() - waitingG < 1500) {
      waitingG = 0;
      const to = {a: "worklist", m: "codes/missing"}[event.key];
      const way = to && document.querySelector(`.main-nav a[href*="/${to}/"]`);
      if (way) { event.preventDefault(); way.click(); return; }
    }
    const run = KEYS[event.key];
    if (run) { event.preventDefault(); run(); }
  });
})();
