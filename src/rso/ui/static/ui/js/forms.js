// Forms: drafts kept in this browser, a question before leaving, counts of characters, focus on errors.
// Every form works without this file.
const KEPT = "rso-draft:";
const SENT = "rso-sent";
const KEEP = 14 * 24 * 3600 * 1000; // milliseconds
const SKIPPED = new Set(["password", "file", "hidden", "submit", "button"]);

const fieldsOf = (form) =>
  [...form.elements].filter((field) => field.name && !SKIPPED.has(field.type) && !field.closest("[data-private]"));

function snapshot(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.type === "checkbox" || field.type === "radio") {
      (values[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    } else if (field.multiple) {
      values[field.name] = [...field.selectedOptions].map((option) => option.value);
    } else {
      (values[field.name] ??= []).push(field.value);
    }
  }
  return values;
}

function restore(form, values) {
  const seen = {};
  for (const field of fieldsOf(form)) {
    const kept = values[field.name];
    if (!kept) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = kept.includes(field.value);
    } else if (field.multiple) {
      for (const option of field.options) option.selected = kept.includes(option.value);
    } else {
      field.value = kept[(seen[field.name] = (seen[field.name] ?? -1) + 1)] ?? "";
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const words = (key) => document.getElementById("ui-words")?.content.querySelector(`[data-word="${key}"]`)?.textContent ?? "";

// Storage may be full, switched off, or hold what is not ours: then there are no drafts, and the form still works.
function attempt(step) {
  try {
    return step();
  } catch {
    return null;
  }
}

const read = (key) => attempt(() => JSON.parse(localStorage.getItem(key)));
const write = (key, value) => attempt(() => localStorage.setItem(key, JSON.stringify(value)));
const forget = (key) => attempt(() => localStorage.removeItem(key));
const drafts = () => attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(KEPT))) ?? [];

function offer(form, key, draft) {
  const notice = document.createElement("div");
  notice.className = "notice draft";
  notice.dataset.tone = "info";
  notice.setAttribute("role", "status");
  const text = document.createElement("p");
  text.textContent = `${words("found")} (${new Date(draft.at).toLocaleString(document.documentElement.lang)})`;
  const choose = (word, kind, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `button button--small ${kind}`;
    button.textContent = words(word);
    button.addEventListener("click", () => { act(); notice.remove(); });
    return button;
  };
  notice.append(
    text,
    choose("restore", "", () => restore(form, draft.values)),
    choose("discard", "button--quiet", () => forget(key)),
  );
  form.before(notice);
}

function keepDrafts(form) {
  const key = KEPT + form.dataset.autosave;
  const first = JSON.stringify(snapshot(form));
  const draft = read(key);
  if (draft && JSON.stringify(draft.values) === first) forget(key);
  else if (draft) offer(form, key, draft);
  let timer;
  const save = () => {
    const values = snapshot(form);
    if (JSON.stringify(values) !== first) write(key, { at: Date.now(), values });
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 400); });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    save();
    attempt(() => sessionStorage.setItem(SENT, JSON.stringify({ key, from: location.href.split("#")[0] })));
  });
}

// A draft is done when this tab, having sent its form, arrives from there at a page that is not the form again and
// not an error or a sign-in page. A connection lost on the way, a refusal or an expired session keep it.
function forgetTaken() {
  const sent = attempt(() => JSON.parse(sessionStorage.getItem(SENT)));
  attempt(() => sessionStorage.removeItem(SENT));
  if (!sent || document.referrer.split("#")[0] !== sent.from || "keepDrafts" in document.body.dataset) return;
  const open = [...document.querySelectorAll("form[data-autosave]")].some((form) => KEPT + form.dataset.autosave === sent.key);
  if (!open) forget(sent.key);
}

function confirmLeave(form) {
  const first = JSON.stringify(snapshot(form));
  let sent = false;
  form.addEventListener("submit", () => { sent = true; });
  addEventListener("beforeunload", (event) => {
    if (!sent && JSON.stringify(snapshot(form)) !== first) event.preventDefault();
  });
}

function count(field) {
  const most = Number(field.getAttribute("maxlength"));
  const line = document.createElement("p");
  line.className = "count";
  line.setAttribute("aria-hidden", "true");
  const show = () => {
    const length = [...field.value].length;
    line.textContent = `${length.toLocaleString(document.documentElement.lang)} / ${most.toLocaleString(document.documentElement.lang)}`;
    line.toggleAttribute("data-over", length >= most);
  };
  field.after(line);
  field.addEventListener("input", show);
  show();
}

function refresh(box) {
  const seconds = Number(box.dataset.refresh);
  if (seconds > 0) setTimeout(() => location.reload(), seconds * 1000);
}

forgetTaken();
addEventListener("pageshow", (event) => { if (event.persisted) attempt(() => sessionStorage.removeItem(SENT)); });
for (const key of drafts()) if (!(Date.now() - read(key)?.at < KEEP)) forget(key);
// A browser may be shared: whoever signs out leaves no draft behind.
for (const form of document.querySelectorAll("form[data-ends-session]")) form.addEventListener("submit", () => drafts().forEach(forget));
for (const form of document.querySelectorAll("form[data-autosave]:not([data-private])")) keepDrafts(form);
for (const form of document.querySelectorAll("form[data-confirm-leave]")) confirmLeave(form);
for (const field of document.querySelectorAll("textarea[maxlength]")) count(field);
for (const box of document.querySelectorAll("[data-refresh]")) refresh(box);
document.querySelector("[data-focus]:not(.example *)")?.focus();
