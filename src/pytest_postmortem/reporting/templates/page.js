"use strict";
(() => {
  const list = document.querySelector("#list");
  if (!list) return;
  const [search, sort, count, nothing] = ["search", "sort", "count", "nothing"].map((id) => document.getElementById(id));
  const filters = [...document.querySelectorAll("[data-filter]")];
  const worstFirst = ["failing", "unguarded", "partly guarded", "partly linked", "linked", "guarded"];
  const entries = [...list.children].map((element) => {
    const data = element.dataset;
    return {
      element,
      details: element.querySelector("details"),
      text: null,
      state: data.state,
      items: data.items.split(","),
      severity: data.severity,
      services: data.services.split(" "),
      team: data.team,
      date: data.date,
      days: data.days === "" ? -1 : Number(data.days),
      rank: Number(data.rank),
      worst: worstFirst.indexOf(data.state),
    };
  });

  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const severity = (entry) => (entry.severity === "" ? Infinity : Number(entry.severity));
  const byDate = (a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0);
  const undatedLast = (a, b) => (a.date === "") - (b.date === "");
  const orders = {
    newest: byDate,
    oldest: (a, b) => undatedLast(a, b) || byDate(b, a),
    id: () => 0,
    severity: (a, b) => (severity(a) === severity(b) ? byDate(a, b) : severity(a) - severity(b)),
    state: (a, b) => a.worst - b.worst || byDate(a, b),
    days: (a, b) => b.days - a.days,
  };
  const fitting = {
    state: (entry, value) => (value.startsWith("item:") ? entry.items.includes(value.slice(5)) : entry.state === value),
    severity: (entry, value) => entry.severity === value,
    services: (entry, value) => entry.services.includes(value),
    team: (entry, value) => entry.team === value,
  };

  function filter() {
    const words = plain(search.value).split(/\s+|::/).filter(Boolean);
    const chosen = filters.filter((one) => one.value !== "*").map((one) => [fitting[one.dataset.filter], one.value]);
    let shown = 0;
    for (const entry of entries) {
      if (words.length && entry.text === null) entry.text = plain(entry.element.textContent);
      const fits = chosen.every(([fit, value]) => fit(entry, value)) && words.every((word) => entry.text.includes(word));
      if (entry.element.hidden === fits) entry.element.hidden = !fits;
      shown += fits;
    }
    nothing.hidden = shown > 0;
    const noun = entries.length === 1 ? "post-mortem" : "post-mortems";
    count.textContent =
      words.length || chosen.length ? `${shown} of ${entries.length} ${noun} shown` : `${entries.length} ${noun}`;
  }

  let waiting = false;
  function soon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      filter();
    });
  }

  function arrange() {
    const order = orders[sort.value];
    const sorted = [...entries].sort((a, b) => order(a, b) || a.rank - b.rank);
    list.append(...sorted.map((entry) => entry.element));
  }

  function clear() {
    search.value = "";
    for (const one of filters) one.value = "*";
    filter();
  }

  function arrive() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target || target.parentElement.parentElement !== list) return;
    if (target.parentElement.hidden) clear();
    target.open = true;
    target.querySelector("summary").focus({ preventScroll: true });
    target.scrollIntoView();
  }

  function expand(open) {
    for (const entry of entries) if (!entry.element.hidden) entry.details.open = open;
  }

  search.addEventListener("input", soon);
  for (const one of filters) one.addEventListener("change", filter);
  sort.addEventListener("change", arrange);
  document.getElementById("clear").addEventListener("click", () => {
    clear();
    search.focus();
  });
  document.getElementById("open").addEventListener("click", () => expand(true));
  document.getElementById("close").addEventListener("click", () => expand(false));
  addEventListener("hashchange", arrive);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && event.target === search && search.value) {
      event.preventDefault();
      search.value = "";
      filter();
    }
  });

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });

  document.getElementById("controls").hidden = false;
  if (search.value || filters.some((one) => one.value !== "*")) filter();
  if (sort.value !== "newest") arrange();
  arrive();
})();
