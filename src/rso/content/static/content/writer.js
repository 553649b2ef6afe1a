// The writer's desk: saves each part as it is typed, keeps what could not be saved, shows what somebody else wrote
// meanwhile, and how readers will see it all. Without this file the page is one form with one button.
const KEPT = "rso-draft:text-"; // forms.js throws these away when somebody signs out
const PAUSE = 900; // milliseconds after the last key
const RENEW = 60_000; // the lock holds for five minutes
const AGAIN = 5_000; // between two attempts without a connection

const form = document.querySelector("form[data-writer]");
const word = (key) => document.getElementById("writer-words")?.content.querySelector(`[data-word="${key}"]`)?.textContent ?? "";
const attempt = (step) => { try { return step(); } catch { return null; } };

function made(tag, properties = {}, ...children) {
  const one = Object.assign(document.createElement(tag), properties);
  one.append(...children);
  return one;
}

const state = form.querySelector("[data-state]");
function say(text, tone) {
  if (state.textContent !== text) state.textContent = text;
  if (tone) state.dataset.tone = tone; else delete state.dataset.tone;
}
const saidAt = () => `${word("saved")} ${new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })}`;

// ---- a field with strong, emphasised and linked words
const SAME = { B: "strong", STRONG: "strong", I: "em", EM: "em" };

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\u00a0/g, " ");
}

function written(node) {
  let out = "";
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) { out += escaped(child.data); continue; }
    if (child.nodeType !== Node.ELEMENT_NODE) continue;
    const inner = written(child);
    const name = SAME[child.nodeName];
    if (child.nodeName === "BR") out += "<br>";
    else if (name && inner) out += `<${name}>${inner}</${name}>`;
    else if (child.nodeName === "A" && inner) out += `<a href="${escaped(child.getAttribute("href") ?? "").replace(/"/g, "&quot;")}">${inner}</a>`;
    else if (child.nodeName === "BDI") out += `<bdi>${inner}</bdi>`;
    else if (/^(DIV|P)$/.test(child.nodeName) && out) out += `<br>${inner}`;
    else out += inner;
  }
  return out;
}

// Only tags that we know go in: whatever else a field holds is shown as text.
function shown(markup) {
  const parsed = new DOMParser().parseFromString(`<body>${markup}`, "text/html").body;
  const copy = (from, to) => {
    for (const child of from.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) to.append(child.data);
      else if (["STRONG", "EM", "A", "BR", "BDI"].includes(child.nodeName)) {
        const one = document.createElement(child.nodeName);
        if (child.nodeName === "A") one.setAttribute("href", child.getAttribute("href") ?? "");
        copy(child, one);
        to.append(one);
      } else copy(child, to);
    }
  };
  const out = document.createDocumentFragment();
  copy(parsed, out);
  return out;
}

function enrich(field) {
  const label = form.querySelector(`label[for="${field.id}"]`);
  label.id ||= `label-${field.id}`;
  const box = made("div", { className: "rich", lang: field.lang, dir: field.dir });
  const name = field.closest(".part").querySelector(".part-name");
  box.contentEditable = field.readOnly ? "false" : "true";
  box.setAttribute("role", "textbox");
  box.setAttribute("aria-multiline", "true");
  box.setAttribute("aria-labelledby", `${name.id} ${label.id}`);
  box.setAttribute("translate", "no");
  if (field.readOnly) box.setAttribute("aria-readonly", "true");
  box.append(shown(field.value));
  const tools = made("div", { className: "rich-tools" });
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", word("tools"));

  const take = () => { field.value = written(box).replace(/<br>$/, ""); field.dispatchEvent(new Event("input", { bubbles: true })); };
  const act = (command, value) => { box.focus(); document.execCommand("styleWithCSS", false, false); document.execCommand(command, false, value); take(); marks(); };
  const buttons = {};
  const tool = (command, sign, key) => {
    const button = made("button", { type: "button", textContent: sign, title: word(key) });
    button.setAttribute("aria-label", word(key));
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("mousedown", (event) => event.preventDefault());
    tools.append(button);
    buttons[command] = button;
    return button;
  };
  tool("bold", "B", "strong").addEventListener("click", () => act("bold"));
  tool("italic", "I", "em").addEventListener("click", () => act("italic"));
  const linker = tool("link", word("link"), "link");
  const row = made("div", { className: "rich-link", hidden: true });
  const address = made("input", { type: "url", id: `link-${field.id}`, dir: "ltr" });
  const set = made("button", { type: "button", className: "button button--small", textContent: word("set") });
  const off = made("button", { type: "button", className: "button button--quiet button--small", textContent: word("unlink") });
  row.append(made("label", { htmlFor: address.id, textContent: word("address") }), address, set, off);
  tools.append(row);
  let kept = null;
  const chosen = () => { const selection = getSelection(); return selection.rangeCount && box.contains(selection.anchorNode) ? selection.getRangeAt(0).cloneRange() : null; };
  const back = () => { box.focus(); if (kept) { const selection = getSelection(); selection.removeAllRanges(); selection.addRange(kept); } };
  linker.addEventListener("click", () => {
    kept = chosen() ?? kept;
    row.hidden = !row.hidden;
    linker.setAttribute("aria-expanded", String(!row.hidden));
    address.value = kept?.startContainer.parentElement?.closest("a")?.getAttribute("href") ?? "https://";
    if (!row.hidden) address.focus();
  });
  set.addEventListener("click", () => { if (!address.value) return; back(); act("createLink", address.value); row.hidden = true; });
  off.addEventListener("click", () => { back(); act("unlink"); row.hidden = true; });
  address.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); set.click(); } if (event.key === "Escape") { row.hidden = true; box.focus(); } });

  const marks = () => {
    for (const command of ["bold", "italic"]) buttons[command].setAttribute("aria-pressed", String(document.queryCommandState(command)));
    linker.setAttribute("aria-pressed", String(Boolean(getSelection().anchorNode?.parentElement?.closest("a"))));
  };
  box.addEventListener("input", take);
  box.addEventListener("keyup", marks);
  box.addEventListener("mouseup", marks);
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); document.execCommand("insertLineBreak"); } });
  box.addEventListener("paste", (event) => {
    event.preventDefault();
    document.execCommand("insertText", false, event.clipboardData.getData("text/plain").replace(/\s*\n\s*/g, " "));
  });
  label.addEventListener("click", () => box.focus());
  field.hidden = true;
  field.after(...(field.readOnly ? [box] : [tools, box]));
  return (markup) => { field.value = markup; box.replaceChildren(shown(markup)); };
}

// ---- saving
const parts = new Map();
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
const unsaved = () => [...parts.values()].filter((part) => part.dirty);

class Part {
  constructor(section) {
    this.section = section;
    this.pk = section.dataset.segment;
    this.field = section.querySelector(`[name="text-${this.pk}"]`);
    this.base = section.querySelector(`[name="base-${this.pk}"]`);
    this.seen = section.querySelector(`[name="seen-${this.pk}"]`);
    this.told = section.querySelector("[data-told]");
    this.key = `${KEPT}${form.dataset.writer}:${this.pk}`;
    this.dirty = false;
    this.stopped = false; // by a conflict, until somebody decides
    this.saving = null;
    this.put = this.field.hasAttribute("data-rich") ? enrich(this.field) : (markup) => { this.field.value = markup; };
    this.first = this.field.value;
    this.offer();
    section.addEventListener("input", (event) => this.changed(event));
    section.addEventListener("change", (event) => this.changed(event));
  }

  changed(event) {
    const name = event.target.name ?? "";
    if (!name.endsWith(`-${this.pk}`) || /^(image|new)-/.test(name)) return;
    if (event.type === "input" && event.target !== this.field) return; // a choice is saved on change
    if (event.target === this.field && this.field.value === this.last) return;
    this.last = this.field.value;
    this.dirty = true;
    this.keep();
    hold();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), event.type === "change" ? 0 : PAUSE);
  }

  keep() { attempt(() => localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), text: this.field.value, base: this.base.value }))); }

  forget() { attempt(() => localStorage.removeItem(this.key)); }

  offer() {
    const draft = attempt(() => JSON.parse(localStorage.getItem(this.key)));
    if (!draft || draft.text === this.field.value) { this.forget(); return; }
    const box = made("div", { className: "notice draft" });
    box.dataset.tone = "info";
    box.setAttribute("role", "status");
    const choose = (key, kind, act) => {
      const button = made("button", { type: "button", className: `button button--small ${kind}`, textContent: word(key) });
      button.addEventListener("click", () => { act(); box.remove(); });
      return button;
    };
    box.append(
      made("p", { textContent: `${word("draft")} (${new Date(draft.at).toLocaleString(document.documentElement.lang)})` }),
      choose("restore", "", () => { this.put(draft.text); this.dirty = true; this.save(); }),
      choose("discard", "button--quiet", () => this.forget()),
    );
    this.told.prepend(box);
  }

  async save() {
    clearTimeout(this.timer);
    if (this.stopped || !this.dirty) return;
    if (this.saving) { await this.saving; return this.save(); }
    this.saving = this.send();
    await this.saving;
    this.saving = null;
  }

  async send() {
    const data = new FormData();
    const names = ["text", "base", "seen", "keeps", "form", "level", "safety", "facts", "was"];
    for (const name of names) {
      const field = form.elements[`${name}-${this.pk}`];
      if (field && (field.type !== "checkbox" || field.checked)) data.append(field.name, field.value);
    }
    const text = this.field.value;
    const choices = this.choices();
    say(word("saving"));
    let answer;
    try {
      answer = await fetch(form.dataset.part.replace("/0/", `/${this.pk}/`), {
        method: "POST", body: data, headers: { "X-CSRFToken": token, Accept: "application/json" }, redirect: "manual",
      });
    } catch {
      say(word("offline"), "wait");
      setTimeout(() => this.save(), AGAIN);
      return;
    }
    if (answer.type === "opaqueredirect" || answer.status === 403) { say(word("signed-out"), "bad"); return; }
    const said = await answer.json().catch(() => null);
    if (said?.state === "saved") this.saved(said, text, choices);
    else if (said?.state === "conflict") this.conflict(said);
    else say(`${word("refused")} ${said?.words ?? answer.status}`, "bad");
  }

  choices() { return ["form", "level", "safety", "facts"].map((name) => form.elements[`${name}-${this.pk}`]?.value ?? "").join("|"); }

  saved(said, text, choices) {
    this.base.value = said.base;
    this.seen.value = said.seen;
    const was = form.elements[`was-${this.pk}`];
    const restructured = was && was.value !== said.was && choices.split("|")[0] !== was.value.split("|")[0];
    if (was) was.value = said.was;
    if (this.section.querySelector(".draft") === null) this.told.innerHTML = said.warning; // made by our own server
    if (this.field.value === text && this.choices() === choices) { this.dirty = false; this.forget(); }
    else { this.timer = setTimeout(() => this.save(), PAUSE); }
    if (unsaved().length === 0) say(saidAt(), "good");
    if (restructured && unsaved().length === 0) { location.hash = this.section.id; location.reload(); return; }
    preview();
  }

  conflict(said) {
    this.stopped = true;
    say(word("conflict"), "bad");
    const box = made("div", { className: "notice part-told" });
    box.dataset.tone = "bad";
    box.setAttribute("role", "alert");
    const diff = made("div");
    diff.innerHTML = said.diff; // escaped by our own server
    const choose = (key, kind, act) => {
      const button = made("button", { type: "button", className: `button button--small ${kind}`, textContent: word(key) });
      button.addEventListener("click", () => {
        this.base.value = said.base;
        this.seen.value = said.seen;
        this.stopped = false;
        box.remove();
        act();
      });
      return button;
    };
    const go = () => { this.dirty = true; this.keep(); this.save(); };
    const row = made("div", { className: "row" },
      choose("keep", "", go),
      choose("both", "button--secondary", () => { this.put(`${this.field.value}<br>${said.theirs}`); go(); }),
      choose("take", "button--secondary", () => { this.put(said.theirs); this.dirty = false; this.forget(); say(saidAt(), "good"); preview(); }));
    box.append(made("p", { className: "notice-title", textContent: `${word("conflict")}${said.by ? ` (${said.by})` : ""}` }), made("p", { textContent: word("theirs") }), diff, row);
    this.told.replaceChildren(box);
  }
}

// ---- the lock: ours from the first key on, for as long as somebody types
let held = 0;
let typed = 0;
const post = (what) => {
  const data = new FormData();
  for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token, quiet: "1", ...what })) data.append(name, value);
  return data;
};
async function hold() {
  typed = Date.now();
  if (Date.now() - held < RENEW) return;
  held = Date.now();
  const answer = await fetch(form.dataset.lock, { method: "POST", body: post({ do: "hold" }), redirect: "manual" }).catch(() => null);
  if (answer?.status === 409) say(`${(await answer.json()).words}`, "bad");
}
setInterval(() => { if (Date.now() - typed < 4 * RENEW && held) hold(); }, RENEW / 2);
addEventListener("pagehide", () => { if (held) navigator.sendBeacon(form.dataset.lock, post({ do: "go" })); });

// ---- the preview
const there = document.querySelector("[data-preview-here]");
const full = document.querySelector("[data-full]");
let look = there.dataset.look;
let asked = 0;
function fits() {
  const sheet = there.querySelector(".sheet");
  full.hidden = !/card|poster/.test(look) || !sheet || sheet.scrollHeight <= sheet.clientHeight + 1;
}
async function preview() {
  const mine = ++asked;
  const answer = await fetch(`${form.dataset.preview}?look=${look}`, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const place = there.querySelector(".sheet")?.scrollTop ?? 0;
  there.innerHTML = await answer.text(); // made by our own server, as the page was
  there.querySelector(".sheet").scrollTop = place;
  fits();
}
for (const tab of document.querySelectorAll(".writing-preview .tabs a")) {
  tab.addEventListener("click", (event) => {
    event.preventDefault();
    look = new URL(tab.href).searchParams.get("look");
    for (const other of document.querySelectorAll(".writing-preview .tabs a")) other.removeAttribute("aria-current");
    tab.setAttribute("aria-current", "page");
    preview();
  });
}

for (const section of form.querySelectorAll(".part[data-segment]")) parts.set(section.dataset.segment, new Part(section));
say(word("all"));
fits();
addEventListener("online", () => unsaved().forEach((part) => part.save()));
// A button of the form sends everything: what it takes along is stored with it, or shown as it was typed.
form.addEventListener("submit", () => { for (const part of parts.values()) { clearTimeout(part.timer); part.sent = part.dirty; part.dirty = false; } });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
addEventListener("beforeunload", (event) => { if (unsaved().length) event.preventDefault(); });
