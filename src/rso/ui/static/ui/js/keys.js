// The keyboard: "/" goes to the search, "?" shows the list, "g" and a letter go to a place. Nothing here happens while
// somebody types, or with a modifier; each person can turn it off on this device (WCAG 2.1.4). Escape closes menus.
const template = document.getElementById("ui-keys");
const word = (key) => template.content.querySelector(`[data-word="${key}"]`).textContent;
const OFF = "rso-keys";
const isOff = () => { try { return localStorage.getItem(OFF) === "off"; } catch { return false; } };
const setOff = (off) => { try { off ? localStorage.setItem(OFF, "off") : localStorage.removeItem(OFF); } catch { /* stays as it is */ } };
const places = () => [...document.querySelectorAll(".nav-wide [data-key]")];
const WAIT = 1500; // milliseconds from "g" to its letter
let leading = 0;

const make = (name, text, ...inside) => {
  const element = document.createElement(name);
  element.append(text, ...inside);
  return element;
};

function toggle() {
  const button = make("button", word(isOff() ? "on" : "off"));
  button.type = "button";
  button.className = "button button--secondary";
  button.addEventListener("click", () => { setOff(!isOff()); button.textContent = word(isOff() ? "on" : "off"); });
  return button;
}

function list() {
  const rows = [["/", word("search")], ["?", word("list")], ...places().map((place) => [`g ${place.dataset.key}`, place.textContent.trim()])];
  return make("ul", "", ...rows.map(([keys, what]) => {
    const row = make("li", "");
    const code = make("kbd", keys);
    code.translate = false;
    row.append(code, " ", what);
    return row;
  }));
}

function show() {
  let dialog = document.getElementById("ui-keys-list");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "ui-keys-list";
    dialog.className = "card";
    const title = make("h2", word("title"));
    title.id = "ui-keys-title";
    dialog.setAttribute("aria-labelledby", title.id);
    const close = make("button", word("close"));
    close.type = "button";
    close.className = "button";
    close.addEventListener("click", () => dialog.close());
    const actions = make("div", "", close, " ", toggle());
    actions.className = "actions";
    dialog.append(title, list(), actions);
    document.body.append(dialog);
  }
  dialog.showModal();
}

const busy = (event) =>
  event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat ||
  event.target.closest("input, select, textarea, [contenteditable], dialog[open]");

addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    document.querySelector("#ui-keys-list[open]")?.close();
    const open = document.querySelector("details.menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
    return;
  }
  if (isOff() || busy(event)) return;
  if (leading && event.timeStamp - leading < WAIT) {
    leading = 0;
    const place = places().find((one) => one.dataset.key === event.key.toLowerCase());
    if (place) { event.preventDefault(); location.assign(place.href); }
    return;
  }
  leading = 0;
  if (event.key === "g") leading = event.timeStamp;
  else if (event.key === "?") { event.preventDefault(); show(); }
  else if (event.key === "/") {
    const field = document.querySelector("main input[type=search]") ?? document.querySelector("input[type=search]");
    const page = places().find((one) => one.dataset.key === "s");
    if (field) { event.preventDefault(); field.focus(); } else if (page) { event.preventDefault(); location.assign(page.href); }
  }
});

// A menu that was opened lies over the page: a press beside it closes it.
addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu:not(.menu-nav)[open]")) if (!menu.contains(event.target)) menu.open = false;
});
for (const box of document.querySelectorAll("[data-keys]")) box.replaceChildren(list(), toggle());
