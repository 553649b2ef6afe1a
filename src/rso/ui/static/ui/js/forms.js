// Forms: drafts kept in this browser, a question before leaving, counts of characters, focus on errors.
// Every form works without this file.
const KEPT = "rso-draft:";
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

const words = (form, key) => form.querySelector("template[data-draft-words]")?.content.querySelector(`[data-word="${key}"]`)?.textContent
  ?? document.getElementById("ui-words")?.content.querySelector(`[data-word="${key}"]`)?.textContent ?? key;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // storage is switched off, or holds something that is not ours
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // storage is full or switched off: the form still works
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // as above
  }
}

function offer(form, key, draft) {
  const notice = document.createElement("div");
  notice.className = "notice draft";
  notice.dataset.tone = "info";
  notice.setAttribute("role", "status");
  const text = document.createElement("p");
  text.textContent = `${words(form, "found")} (${new Date(draft.at).toLocaleString(document.documentElement.lang)})`;
  const choose = (word, kind, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `button button--small ${kind}`;
    button.textContent = words(form, word);
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

// The page that answers a form carries data-saved with its key once the form was taken: only then is the draft done.
function keepDrafts(form) {
  const key = KEPT + form.dataset.autosave;
  const first = JSON.stringify(snapshot(form));
  const draft = read(key);
  if (draft && JSON.stringify(draft.values) !== first) offer(form, key, draft);
  let timer;
  const save = () => {
    const values = snapshot(form);
    if (JSON.stringify(values) !== first) write(key, { at: Date.now(), values });
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 400); });
  form.addEventListener("submit", () => { clearTimeout(timer); save(); write(key + ":sent", location.pathname); });
}

// A form sent and answered by another page, or by the same page without errors, was taken: forget its draft.
function clearSent() {
  const open = new Map([...document.querySelectorAll("form[data-autosave]")].map((f) => [KEPT + f.dataset.autosave, f]));
  const refused = document.querySelector(".error-summary");
  let keys = [];
  try {
    keys = Object.keys(localStorage).filter((key) => key.startsWith(KEPT) && key.endsWith(":sent"));
  } catch {
    return;
  }
  for (const sent of keys) {
    const key = sent.slice(0, -":sent".length);
    const answered = document.querySelector("main") && !document.body.dataset.failed;
    if (answered && !(open.has(key) && refused)) forget(key);
    forget(sent);
  }
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

clearSent();
for (const form of document.querySelectorAll("form[data-autosave]:not([data-private])")) keepDrafts(form);
for (const form of document.querySelectorAll("form[data-confirm-leave]")) confirmLeave(form);
for (const field of document.querySelectorAll("textarea[maxlength]")) count(field);
for (const box of document.querySelectorAll("[data-refresh]")) refresh(box);
document.querySelector("[data-focus]")?.focus();
