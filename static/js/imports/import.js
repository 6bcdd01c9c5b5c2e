/* The review page, made quicker: files dropped on the form, what is typed kept until it is stored, keys,
   and who else is here.
   All of it is also done by plain links and forms. */
"use strict";

{
  for (const one of document.querySelectorAll("[data-script]")) one.hidden = false;

  // --- Files dropped on the form ---
  const form = document.querySelector("form[data-drop]");
  if (form) {
    const zone = form.querySelector(".drop"), field = form.querySelector("input[type=file]");
    const over = (is) => zone.classList.toggle("is-over", is);
    for (const name of ["dragenter", "dragover"]) {
      document.addEventListener(name, (event) => { event.preventDefault(); over(true); });
    }
    document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(false); });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      if (event.dataTransfer.files.length) { field.files = event.dataTransfer.files; field.focus(); }
    });
  }

  // --- What is typed is kept in this window until the server has stored it ---
  const PLACE = "typed:";
  const keyOf = (form) => `${PLACE}${form.getAttribute("action") || location.pathname}:${form.dataset.keep}`;
  const isTyped = (one) => one.name && one.name !== "at" && !/^(hidden|file|submit|button)$/.test(one.type);
  const kept = (form) => [...form.elements].filter(isTyped);
  const read = (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !form.dataset.keep) return;
    const value = (name) => (form.elements[name] ? form.elements[name].value : "");
    const typed = { target: value("target"), revision: value("revision"), fields: {} };
    for (const one of kept(form)) typed.fields[one.name] = one.value;
    try {
      sessionStorage.setItem(keyOf(form), JSON.stringify(typed));
    } catch { /* full or forbidden: nothing else depends on it */ }
  });

  function putBack(form) {
    const typed = read(keyOf(form));
    const target = form.elements.target ? form.elements.target.value : "";
    if (!typed || typed.target !== target) return;
    const other = kept(form).filter((one) => one.name in typed.fields && one.value !== typed.fields[one.name]);
    for (const one of other) one.value = typed.fields[one.name];
    // What was typed rests on the text as it was then: what was changed since is not overwritten unseen.
    if (other.length && typed.revision && form.elements.revision) form.elements.revision.value = typed.revision;
    const paste = form.querySelector("details textarea");
    if (paste && paste.value) paste.closest("details").open = true;
  }

  const stored = new URLSearchParams(location.search).get("stored");
  if (stored) {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PLACE) && key.endsWith(`:${stored}`)) sessionStorage.removeItem(key);
    }
    const address = new URL(location);
    address.searchParams.delete("stored");
    history.replaceState(null, "", address);
  }
  // The way back leads to the form of a correction that was refused, which is not sent again.
  const refused = document.querySelector("form.correction-form:has([role=alert])");
  if (refused) history.replaceState(null, "", `..?correct=${refused.elements.target.value}`);
  for (const form of document.querySelectorAll("form[data-keep]")) putBack(form);
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest && event.target.closest("form[data-keep=about]");
    if (form && event.detail.successful) sessionStorage.removeItem(keyOf(form));
  });

  // --- What is said of a new law is asked where a new law is chosen ---
  const law = document.querySelector("form[data-keep=about] select[name=law]");
  const asked = document.querySelector("details.new-law");
  if (law && asked) law.addEventListener("change", () => { asked.open = law.value === "+"; });

  // --- The review page ---
  const rows = [...document.querySelectorAll("[data-row]")];
  const here = document.getElementById("here");
  const quick = document.getElementById("quick");
  const hint = document.querySelector("[data-keys]");
  if (hint && rows.length) hint.hidden = false;
  let place = rows.findIndex((row) => `#${row.id}` === location.hash);

  function go(to) {
    place = Math.max(0, Math.min(to, rows.length - 1));
    rows[place].focus({ preventScroll: true });
    rows[place].scrollIntoView({ block: "nearest" });
  }
  for (const [number, row] of rows.entries()) row.addEventListener("focusin", () => { place = number; });

  function editing(name) { if (here) here.elements.editing.value = name; }

  function prepare(form) {
    editing(form.dataset.name || "");
    putBack(form);
    const words = form.elements.text, at = form.elements.at;
    const cursor = at && at.querySelector("[data-cursor]");
    if (!words || !cursor) return;
    // A place in the words is counted in letters of Unicode, as everywhere on the server.
    const note = () => {
      const before = words.value.slice(0, words.selectionStart);
      cursor.value = String([...before].length);
      cursor.hidden = !before.length || words.selectionStart === words.value.length;
      if (!cursor.hidden) at.value = cursor.value;
    };
    for (const name of ["keyup", "click"]) words.addEventListener(name, note);
  }

  function close(form) {
    const row = form.closest("[data-row]");
    form.remove();
    editing("");
    if (row) row.focus();
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    const form = event.target.querySelector && event.target.querySelector("form.correction-form");
    if (!form || !event.target.classList.contains("panel")) return;
    for (const other of document.querySelectorAll(".panel form.correction-form")) if (other !== form) other.remove();
    prepare(form);
    form.elements.text.focus();
  });
  const open = document.querySelector(".panel form.correction-form");
  if (open) {
    prepare(open);
    const { reason, text, clause } = open.elements;
    (open.querySelector("[role=alert]") ? reason : text || clause).focus();
  }
  else if (place >= 0) go(place);

  function send(kind) {
    const row = rows[place];
    if (!row || !quick || quick.dataset.sent || kind !== (quick.dataset.only || kind)) return;
    quick.elements.target.value = row.dataset.row;
    quick.elements.kind.value = kind;
    quick.dataset.sent = "1"; // a key held down sends once
    quick.requestSubmit();
  }

  function nextWarning() {
    const unchecked = [...document.querySelectorAll(".reader-warning:not(.is-read)")];
    const row = rows[place];
    const follows = (one) => row.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING && !row.contains(one);
    const after = row && unchecked.find(follows);
    const elsewhere = document.querySelector("a[data-warning][href^='?']");
    const next = after || unchecked[0];
    if (next) { next.focus(); next.scrollIntoView({ block: "center" }); } else if (elsewhere) elsewhere.click();
  }

  function press(form) {
    const button = form && form.querySelector("button:not(:disabled)");
    if (button && !form.dataset.sent) { form.dataset.sent = "1"; form.requestSubmit(button); }
  }

  const KEYS = {
    j: () => go(place + 1),
    k: () => go(place - 1),
    e: () => rows[place] && rows[place].querySelector("a.open").click(),
    b: () => send("join"),
    t: () => {
      const until = document.querySelector(".panel form.correction-form select[name=until]");
      const row = rows[place];
      if (!until || !row) return;
      until.value = row.dataset.row;
      if (until.selectedIndex < 0) until.value = "";
      until.focus();
    },
    "[": () => send("level-out"),
    "]": () => send("level-in"),
    d: nextWarning,
    l: () => {
      const next = (rows[place] || document).querySelector(".reader-warning:not(.is-read)");
      const warning = document.activeElement.closest(".reader-warning") || next || document.body;
      press(warning.querySelector("form[action$='/warnings/']"));
    },
    s: () => { if (quick && quick.dataset.only === "skip") send("skip"); },
    u: () => press(document.querySelector("form[data-key=u]")),
    r: () => press(document.querySelector("form[data-key=r]")),
  };

  if (rows.length) {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        const open = ".panel form.correction-form";
        const form = event.target.closest(open) || document.querySelector(open);
        if (form) { event.preventDefault(); close(form); }
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
      if (KEYS[event.key]) { event.preventDefault(); KEYS[event.key](); }
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest(".panel a.close");
      if (!link) return;
      event.preventDefault();
      sessionStorage.removeItem(keyOf(link.closest("form")));
      close(link.closest("form"));
    });
  }
}
